import type { Protocol } from '../protocol.js';
import { errorBody, readError, streamError, upstreamErrorBody } from './error.js';
import { readUsage } from './usage.js';

export { messages } from './dialect.js';
export { MessagesStreamObserver } from './messages-stream-observer.js';
export { readRoutingFields } from './routing-fields.js';

export const anthropic: Protocol = { name: 'anthropic', errorBody, upstreamErrorBody, streamError, readError, readUsage };
