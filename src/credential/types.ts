/** The words that choosing a credential is spoken in. Times are milliseconds on the caller's own monotonic clock. */

import type { AdmissionRequest, Verdict } from '../limits/types.js';

/** One credential of one upstream; `/` cannot occur in an upstream's name. */
export type CredentialKey = `${string}/${string}`;

/** Why a credential is out of turn. */
export type RestReason =
  | 'rate-limited'
  /** The upstream said on an answer that nothing is left of a limit: it has refused nothing yet. */
  | 'spent'
  | 'refused'
  | 'failing'
  | 'paused';

/** Ask for a credential: sticky if the session is known, else the next in turn. */
export interface ChoiceRequest {
  /** Name of the model entry in the configuration (its alias, or `*`). */
  readonly alias: string;
  /** The model the client asked for: stands in where a target names none. */
  readonly model: string;
  /** Hash of client and session; absent: no stickiness. */
  readonly session?: string;
  /** Credentials this request has tried already; `upstream/*` stands for all of an upstream. The session stays where it is unless that rests. */
  readonly exclude?: readonly CredentialKey[];
  /** Only the session's own credential can serve it: while that is full, nothing else is given. */
  readonly pinned?: boolean;
  /** Ask the client's limits in the same breath; a refusal takes no turn. */
  readonly admit?: AdmissionRequest;
  /** Name of the slot to take where the credential has a cap; the store's own business. */
  readonly slot?: string;
}

/** A credential to use, or how long until one may be free. */
export type Choice = ChosenCredential | NoCredential;

export interface ChosenCredential {
  readonly found: true;
  readonly upstream: string;
  readonly credential: string;
  /** The model to ask the upstream for. */
  readonly model: string;
  /** The session was known and stays. */
  readonly sticky: boolean;
  /** The one request that finds out whether a rested credential is back; its outcome must be reported. */
  readonly trial: boolean;
  /** The credential's slot, to be given back when the upstream's answer is over; absent: it has no cap. */
  readonly slot?: string;
  /** The session's own credential is full: this one serves once, and the session stays where it is. */
  readonly spilled?: boolean;
  /** What the client's limits said, where they were asked. */
  readonly verdict?: Verdict;
}

export interface NoCredential {
  readonly found: false;
  /**
   * All rest, all were tried by this request, none is configured, those that could serve are at their cap (`busy`),
   * or the client is at a limit (`limited`, with its verdict).
   */
  readonly reason: 'resting' | 'tried' | 'none' | 'busy' | 'limited';
  /** Why they rest, of the one that is back first. */
  readonly rest?: RestReason;
  /** Milliseconds until the first is back, where known. */
  readonly retryAfter?: number;
  readonly verdict?: Verdict;
}

/** What an attempt taught about its credential. */
export interface Outcome {
  readonly upstream: string;
  readonly credential: string;
  readonly model: string;
  /** `unknown`: a trial that found out nothing, since the client left or nothing was sent; another may be granted. */
  readonly kind: 'ok' | 'unknown' | 'rate-limited' | 'spent' | 'refused' | 'failed';
  /** From `Retry-After` and its kin, in milliseconds: the ceiling of the rest. */
  readonly retryAfter?: number;
  /** `failed`: it said "not now" or nothing at all, and rests whatever went well before. Absent: it is counted (`failure-windows.ts`). */
  readonly atOnce?: boolean;
  /** `failed`: attempts at this credential × model since the last such report of this reporter, this one included. Default 1. */
  readonly attempts?: number;
  readonly trial?: boolean;
}

/** A credential × model that rests, as told to every worker. */
export interface Rest {
  readonly key: CredentialKey;
  /** `*`: every model of the credential. */
  readonly model: string;
  readonly reason: RestReason;
  /** Milliseconds from when this was said; 0: the rest is over. */
  readonly remaining: number;
}
