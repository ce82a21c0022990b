/** The sink of a conversion: the client's writer, watched, with errors in its maker's words. */
import type { AnswerSink } from '../middle/answer.js';
import type { DialectName } from '../middle/request.js';
import { WatchedSink } from '../middle/watched-sink.js';
import { convertError, makerOf, statusOfWords } from './error.js';

export function clientSink(from: DialectName, to: DialectName, writer: AnswerSink): WatchedSink {
  const maker = makerOf(to);
  const same = maker === makerOf(from);
  return new WatchedSink(writer, (error) => (same ? error : convertError(maker, error, statusOfWords(error))));
}
