import { errorBody, readError, upstreamErrorBody } from '../openai/error.js';
import type { Protocol } from '../protocol.js';
import { streamError } from './error.js';
import { readKeptAs, readUsage } from './usage.js';

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
  readUsage,
  readKeptAs,
};
