import type { Protocol } from '../protocol.js';
import { type AnswerSight, membersOfAnswer } from '../whole-answer.js';
import { errorBody, readError, streamError, upstreamErrorBody } from './error.js';
import { usageOf } from './usage.js';

export { messages } from './dialect.js';
export { MessagesStreamObserver } from './messages-stream-observer.js';
export { readRoutingFields } from './routing-fields.js';

export const anthropic: Protocol = { name: 'anthropic', errorBody, upstreamErrorBody, streamError, readError, inspectAnswer };

function inspectAnswer(body: string): AnswerSight | undefined {
  const answer = membersOfAnswer(body);
  return answer && { usage: usageOf(answer.usage) };
}
