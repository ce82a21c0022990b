/** Reads a whole chat completion of an upstream. */
import { GatewayError } from '../../errors.js';
import type { AnswerSink } from '../middle/answer.js';
import { isJsonObject, isList, type JsonObject } from '../middle/fields.js';
import { ChatAnswerReader } from './answer-reader.js';
import { errorOf } from './error.js';

/** An error within a 200 is told to the sink, and is no answer. */
export function readWhole(body: JsonObject, sink: AnswerSink): boolean {
  const answer = new ChatAnswerReader(sink);
  const error = errorOf(body);
  if (error) answer.fail(error);
  if (error || !isList(body.choices) || !body.choices.some(isAnswer)) return false;
  try {
    answer.chunk(body);
    answer.end();
  } catch (fault) {
    if (!(fault instanceof GatewayError)) throw fault;
    const { message, type, code, param } = fault;
    answer.fail({ message, type, code, param });
  }
  return true;
}

function isAnswer(choice: unknown): boolean {
  return isJsonObject(choice) && isJsonObject(choice.message);
}
