import type { Protocol } from '../protocol.js';
import { errorBody, readError, streamError, upstreamErrorBody } from './error.js';
import { readUsage } from './usage.js';

export { ChatStreamObserver } from './chat-stream-observer.js';
export { chat } from './dialect.js';
export { readRoutingFields } from './routing-fields.js';

export const openai: Protocol = { name: 'openai', errorBody, upstreamErrorBody, streamError, readError, readUsage };
