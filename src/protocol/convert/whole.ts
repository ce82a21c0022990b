/** An upstream's whole answer in one dialect as a client's in another. */
import type { Usage } from '../../usage.js';
import { parseObject } from '../json-object.js';
import { hasMoreContainers } from '../json-scan.js';
import type { AnswerContext } from '../middle/answer.js';
import type { Dialect } from '../middle/dialect.js';
import type { UpstreamErrorBody } from '../protocol.js';
import { decoded } from '../sse-parser.js';
import { clientSink } from './sink.js';

export type ConvertedAnswer =
  | { readonly kind: 'answer'; readonly body: string; readonly usage: Usage | undefined }
  /** The upstream's own error within a 200. */
  | { readonly kind: 'error'; readonly error: UpstreamErrorBody }
  /** It is no answer of that dialect. */
  | { readonly kind: 'none' };

/** Objects and lists in an answer that is converted: an upstream must not hold up the event loop either. */
const MOST_CONTAINERS = 50_000;

/** `text`: the upstream's bytes as latin1. */
export function convertAnswer(from: Dialect, to: Dialect, text: string, context: AnswerContext): ConvertedAnswer {
  const parsed = hasMoreContainers(text, MOST_CONTAINERS) ? undefined : parseObject(decoded(text));
  const writer = to.createWholeWriter(context);
  const sink = clientSink(from.name, to.name, writer);
  if (!parsed || !from.readWhole(parsed, sink)) return sink.error ? { kind: 'error', error: sink.error } : { kind: 'none' };
  if (sink.error) return { kind: 'error', error: sink.error };
  const body = writer.body();
  return body ? { kind: 'answer', body: JSON.stringify(body), usage: sink.seenUsage } : { kind: 'none' };
}
