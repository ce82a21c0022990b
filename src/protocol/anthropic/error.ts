/** Anthropic's error envelope (docs.anthropic.com, "Errors"): the type follows from the status. */
import type { GatewayError } from '../../errors.js';
import type { UpstreamErrorBody } from '../protocol.js';

const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  405: 'invalid_request_error',
  408: 'timeout_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

export function errorType(status: number): string {
  return TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error');
}

export function errorBody(error: GatewayError, requestId: string): string {
  return envelope(errorType(error.status), error.message, requestId);
}

export function upstreamErrorBody(error: UpstreamErrorBody, status: number, requestId: string): string {
  return envelope(error.type ?? errorType(status), error.message, requestId);
}

/** No `message_stop` may follow. */
export function streamError(error: GatewayError, requestId: string): string {
  return `event: error\ndata: ${errorBody(error, requestId)}\n\n`;
}

function envelope(type: string, message: string, requestId: string): string {
  return JSON.stringify({ type: 'error', error: { type, message }, request_id: requestId });
}
