/** Anthropic's error envelope (platform.claude.com/docs/en/api/errors): the type follows from the status. */
import type { GatewayError } from '../../errors.js';
import { parseObject } from '../json-object.js';
import { isJsonObject } from '../middle/fields.js';
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

/** What OpenAI and those that imitate it call the same in `type` or `code`, and Anthropic's clients do not know. */
const FOREIGN_TYPES: Readonly<Record<string, string>> = {
  server_error: 'api_error',
  internal_server_error: 'api_error',
  internal_error: 'api_error',
  service_unavailable_error: 'overloaded_error',
  server_is_overloaded: 'overloaded_error',
  overloaded: 'overloaded_error',
  slow_down: 'overloaded_error',
  requests: 'rate_limit_error',
  tokens: 'rate_limit_error',
  rate_limit_exceeded: 'rate_limit_error',
  too_many_requests: 'rate_limit_error',
  insufficient_quota: 'billing_error',
  upstream_timeout: 'timeout_error',
  context_length_exceeded: 'invalid_request_error',
  model_not_found: 'not_found_error',
  invalid_api_key: 'authentication_error',
};

export function errorType(status: number): string {
  return TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error');
}

/** An upstream's own type, as Anthropic's clients know it; undefined where it has none. */
export function anthropicType({ type, code }: Pick<UpstreamErrorBody, 'type' | 'code'>): string | undefined {
  for (const name of [type, code]) if (name !== null && Object.hasOwn(FOREIGN_TYPES, name)) return FOREIGN_TYPES[name];
  return type ?? undefined;
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

/** Reads the envelope, undefined where there is none (HTML, an empty body, an answer). */
export function readError(body: string): UpstreamErrorBody | undefined {
  return errorOf(parseObject(body));
}

/** The same from a value already parsed. Imitators leave the outer `type` out or put the text where the object should be. */
export function errorOf(value: unknown): UpstreamErrorBody | undefined {
  const error = isJsonObject(value) ? value.error : undefined;
  if (typeof error === 'string') return { message: error, type: null, code: null, param: null };
  if (!isJsonObject(error) || typeof error.message !== 'string') return undefined;
  return { message: error.message, type: text(error.type), code: text(error.code), param: text(error.param) };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;
}

function envelope(type: string, message: string, requestId: string): string {
  return JSON.stringify({ type: 'error', error: { type, message }, request_id: requestId });
}
