/** A whole Messages answer, told block by block. */
import { objectAt, textAt } from '../json-object.js';
import type { AnswerSink } from '../middle/answer.js';
import { isJsonObject, type JsonObject } from '../middle/fields.js';
import { errorOf } from './error.js';
import { readHead, readWords, tellRefusal } from './read-answer.js';
import { readStopReason } from './stop-reason.js';
import { usageOf } from './usage.js';

/** False: it is no answer, and nothing was told. An error envelope within a 200 is told as one. */
export function readWhole(body: JsonObject, sink: AnswerSink): boolean {
  const error = body.type === 'error' ? errorOf(body) : undefined;
  if (error) sink.fail(error);
  if (error || !Array.isArray(body.content)) return error !== undefined;
  sink.begin({ ...(typeof body.id === 'string' && { id: body.id }) });
  for (const block of body.content) if (isJsonObject(block)) readBlock(block, sink);
  const stop = readStopReason(textAt(body, 'stop_reason'));
  if (stop === 'refusal') tellRefusal(objectAt(body, 'stop_details'), sink);
  const usage = usageOf(body.usage);
  if (usage) sink.usage(usage);
  sink.end(stop, textAt(body, 'stop_sequence') || undefined);
  return true;
}

function readBlock(block: JsonObject, sink: AnswerSink): void {
  const head = readHead(block);
  if (!head) return;
  const [words, signature] = [readWords(block), textAt(block, 'signature')];
  sink.open(head);
  if (words !== '') sink.text(words);
  if (signature !== '') sink.signature(signature);
  sink.close();
}
