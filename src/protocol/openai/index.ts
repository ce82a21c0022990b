import type { Protocol } from '../protocol.js';
import { type AnswerSight, membersOfAnswer } from '../whole-answer.js';
import { errorBody, readError, streamError, upstreamErrorBody } from './error.js';
import { usageOf } from './usage.js';

export { ChatStreamObserver } from './chat-stream-observer.js';
export { chat } from './dialect.js';
export { readRoutingFields } from './routing-fields.js';

export const openai: Protocol = { name: 'openai', errorBody, upstreamErrorBody, streamError, readError, inspectAnswer };

function inspectAnswer(body: string): AnswerSight | undefined {
  const answer = membersOfAnswer(body);
  return answer && { usage: usageOf(answer.usage) };
}
