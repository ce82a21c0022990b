/** Reads a whole Response, as if each of its items had come in one event. */
import type { AnswerSink } from '../middle/answer.js';
import { BlockQueue } from '../middle/block-queue.js';
import { isJsonObject, isList, isText, type JsonObject } from '../middle/fields.js';
import { errorOfResponse } from './error.js';
import { ItemReader } from './item-reader.js';
import { stopOf } from './stop.js';
import { usageOf } from './usage.js';

/** False: it is no Response, or one that still runs; nothing was told. */
export function readWhole(body: JsonObject, sink: AnswerSink): boolean {
  if (body.status === 'failed' || body.status === 'cancelled' || isJsonObject(body.error)) return readFailed(body, sink);
  if (!isList(body.output) || body.status === 'in_progress' || body.status === 'queued') return false;
  const items = new ItemReader(new BlockQueue(sink));
  sink.begin(isText(body.id) ? { id: body.id } : {});
  items.finish(body.output);
  const usage = usageOf(body.usage);
  if (usage) sink.usage(usage);
  sink.end(stopOf(body, items));
  return true;
}

function readFailed(body: JsonObject, sink: AnswerSink): boolean {
  const usage = usageOf(body.usage);
  if (usage) sink.usage(usage);
  sink.fail(errorOfResponse(body));
  return true;
}
