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
  /** What the log says instead, where the error's words are the upstream's: those may repeat the prompt. */
  readonly logged?: string;
  /** The connection broke before there was an answer: says little of the credential. */
  readonly broken?: boolean;
  /** "Not now", or nothing at all: the credential rests at once, and is not merely counted against. */
  readonly atOnce?: boolean;
  /** No connection, or no word on it: the upstream's other credentials would fare no better, and cost as long to find out. */
  readonly unanswered?: 'unreachable' | 'silent';
  /** The request cannot be said in this upstream's form, and was not sent. */
  readonly unsent?: boolean;
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
  const error = new GatewayError(code, fault.message, { cause: fault.cause });
  if (fault.kind === 'connect') return { kind: 'failed', atOnce: true, unanswered: 'unreachable', error };
  return { kind: 'failed', broken: true, error };
}

/** No answer in time, in the words of the limit that was reached. */
export function timedOut(what: 'an answer' | 'a first token' | 'the rest of its answer'): Failure {
  const error = new GatewayError('upstream_timeout', `The upstream did not send ${what} in time.`);
  if (what === 'the rest of its answer') return { kind: 'failed', error };
  return { kind: 'failed', atOnce: true, unanswered: 'silent', error };
}

/** What the client asks for cannot be said to this upstream; another may understand it. */
export function unsendable(error: GatewayError): Failure {
  return { kind: 'rejected', unsent: true, error };
}

/** The same before and after it is known: the caller can do nothing about a key that is not his, and waiting mends it seldom. */
export function credentialsRefused(): GatewayError {
  return new GatewayError('upstream_credentials_refused', 'The upstream refused the credentials configured for this request.');
}

/** The status of "not now": of the upstream as a whole, not of one key. */
export function isOverloaded(status: number | undefined): boolean {
  return status === 503 || status === 529;
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
  const body = withoutSecrets(error);
  const own = new GatewayError(kind === 'rate-limited' ? 'rate_limit_exceeded' : 'upstream_error', body.message);
  return {
    kind,
    atOnce: isOverloaded(status),
    error: own,
    logged: 'The upstream answered 200 with an error in it.',
    answer: { status, headers: {}, body },
  };
}

/** A provider may echo what it was sent: no secret of ours leaves in its words, whichever of them it is. */
export function withoutSecrets({ message, type, code, param }: UpstreamErrorBody): UpstreamErrorBody {
  const clean = (text: string | null) => text && redact(text);
  return { message: redact(message), type: clean(type), code: clean(code), param: clean(param) };
}
