/** What a failed attempt means: for its credential, for the next attempt, and for the caller if it was the last. */
import { GatewayError } from '../errors.js';
import { redact } from '../log.js';
import { statusOfWords } from '../protocol/convert/error.js';
import type { UpstreamErrorBody } from '../protocol/protocol.js';
import type { UpstreamFault } from '../upstream/upstream.js';

/** What it says of the credential; `rejected`: nothing, the request itself was at fault. */
export type FailureKind = 'rate-limited' | 'refused' | 'failed' | 'rejected';

export interface Failure {
  readonly kind: FailureKind;
  /** What the gateway says if nothing better is known. */
  readonly error: GatewayError;
  /** The connection broke before there was an answer: says little of the credential. */
  readonly broken?: boolean;
  /** From the upstream, milliseconds. */
  readonly retryAfter?: number;
  /** The upstream's own answer, passed on when this failure is the last word. */
  readonly answer?: UpstreamAnswer;
}

export interface UpstreamAnswer {
  readonly status: number;
  /** Already filtered by the allow-list. */
  readonly headers: Record<string, string>;
  readonly body?: UpstreamErrorBody;
}

/** Codes of a 429 that waiting does not cure: the account is out of money. */
const SPENT_CODES = new Set(['insufficient_quota', 'billing_hard_limit_reached', 'access_terminated', 'billing_not_active']);

/** Reads a status (and the error's code) as a kind. */
export function kindOf(status: number, code: string | null | undefined): FailureKind {
  if (status === 429) return code && SPENT_CODES.has(code) ? 'refused' : 'rate-limited';
  if (status === 401 || status === 402 || status === 403) return 'refused';
  if (status === 408 || status >= 500 || status < 400) return 'failed';
  return 'rejected';
}

export function failureOf(fault: UpstreamFault): Failure {
  const code = fault.kind === 'connect' ? 'upstream_unreachable' : 'upstream_error';
  return {
    kind: 'failed',
    broken: fault.kind === 'broken',
    error: new GatewayError(code, fault.message, { cause: fault.cause }),
  };
}

/** No answer in time, in the words of the limit that was reached. */
export function timedOut(what: string): Failure {
  return { kind: 'failed', error: new GatewayError('upstream_timeout', `The upstream did not send ${what} in time.`) };
}

/** An answer that is no answer: HTML, a redirect, JSON where a stream was asked for. */
export function unusable(why: string): Failure {
  return { kind: 'failed', error: new GatewayError('upstream_error', `The upstream's answer could not be used: ${why}.`) };
}

/** The client has not read for the idle time; nothing of it is the credential's fault. */
export function clientStalled(): Failure {
  return { kind: 'rejected', error: new GatewayError('request_timeout', 'The client stopped reading.') };
}

/** An error hidden in a 200, before any content: judged by its words, since the status says nothing. */
export function errorInAnswer(error: UpstreamErrorBody): Failure {
  const status = statusOfWords(error);
  const kind = status === 429 ? 'rate-limited' : status === 400 ? 'rejected' : 'failed';
  const own = new GatewayError(kind === 'rate-limited' ? 'rate_limit_exceeded' : 'upstream_error', redact(error.message));
  return { kind, error: own, answer: { status, headers: {}, body: { ...error, message: redact(error.message) } } };
}
