import { errorBody, readError, upstreamErrorBody } from '../openai/error.js';
import type { Protocol } from '../protocol.js';
import { type AnswerSight, membersOfAnswer } from '../whole-answer.js';
import { streamError } from './error.js';
import { usageOf } from './usage.js';

export { responses } from './dialect.js';
export { readRoutingFields } from './routing-fields.js';
export { ResponsesStreamObserver } from './stream-observer.js';

/** Errors are those of chat, but for the last event of a stream. */
export const responsesProtocol: Protocol = {
  name: 'responses',
  errorBody,
  upstreamErrorBody,
  streamError,
  readError,
  inspectAnswer,
};

/** An answer is kept unless it says that it is not. */
function inspectAnswer(body: string): AnswerSight | undefined {
  const answer = membersOfAnswer(body);
  if (!answer) return undefined;
  const { usage, id, store } = answer;
  return { usage: usageOf(usage), keptAs: typeof id === 'string' && store !== false ? id : undefined };
}
