/**
 * Every way in which the gateway itself can say no: one class, a closed list of codes, each with its
 * HTTP status. How a code looks on the wire is the business of each protocol's `error.ts`.
 */

interface ErrorKind {
  readonly status: number;
  /** The OpenAI `type`; Anthropic's follows from the status. */
  readonly type: string;
}

const INVALID = 'invalid_request_error';
const SERVER = 'server_error';

export const ERROR_KINDS = {
  invalid_request: { status: 400, type: INVALID },
  invalid_json: { status: 400, type: INVALID },
  unsupported_value: { status: 400, type: INVALID },
  invalid_api_key: { status: 401, type: INVALID },
  model_not_allowed: { status: 403, type: 'permission_error' },
  model_not_found: { status: 404, type: INVALID },
  unknown_url: { status: 404, type: INVALID },
  method_not_allowed: { status: 405, type: INVALID },
  request_timeout: { status: 408, type: 'timeout_error' },
  request_too_large: { status: 413, type: INVALID },
  expectation_failed: { status: 417, type: INVALID },
  rate_limit_exceeded: { status: 429, type: 'rate_limit_error' },
  insufficient_quota: { status: 429, type: 'insufficient_quota' },
  client_closed_request: { status: 499, type: 'client_error' },
  internal_error: { status: 500, type: SERVER },
  upstream_error: { status: 502, type: 'api_error' },
  upstream_unreachable: { status: 502, type: 'api_error' },
  upstream_credentials_refused: { status: 502, type: 'api_error' },
  upstream_incomplete: { status: 502, type: 'api_error' },
  overloaded: { status: 503, type: 'overloaded_error' },
  draining: { status: 503, type: 'overloaded_error' },
  limits_unavailable: { status: 503, type: 'overloaded_error' },
  no_credential_available: { status: 503, type: 'overloaded_error' },
  upstream_timeout: { status: 504, type: 'timeout_error' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_KINDS;

export interface ErrorDetails {
  /** The request field at fault, where one is. */
  readonly param?: string;
  /** Milliseconds after which trying again makes sense; becomes `Retry-After`. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
}

/** An answer that the gateway makes itself. The message goes to the caller: no secret, host or stack in it. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode;
  readonly param: string | null;
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.param = details.param ?? null;
    this.retryAfter = details.retryAfter;
  }

  get status(): number {
    return ERROR_KINDS[this.code].status;
  }

  get type(): string {
    return ERROR_KINDS[this.code].type;
  }
}
