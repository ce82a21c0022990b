/** How long a credential rests after what it answered. All in milliseconds. */
import type { Outcome, RestReason } from './types.js';

interface Backoff {
  readonly first: number;
  readonly longest: number;
}

/**
 * A 401 or 403 seldom mends itself; a rate limit turns over within a minute; an upstream's hiccup within seconds, and one
 * that is back after an hour should serve again within five (a trial may just have been missed).
 */
export const BACKOFFS = {
  'rate-limited': { first: 1_000, longest: 60_000 },
  spent: { first: 1_000, longest: 60_000 },
  refused: { first: 60_000, longest: 600_000 },
  failing: { first: 500, longest: 4_000 },
} as const satisfies Record<Exclude<RestReason, 'paused'>, Backoff>;

/**
 * An upstream that asks for more is asked again after this all the same: a limit may be one of an hour; a limit of the
 * minute that is merely spent fills up while it is waited for; who is overloaded cannot know when it will not be.
 */
const LONGEST_TOLD = { 'rate-limited': 3_600_000, spent: 60_000, failing: 300_000 } as const;
/** Rests in a row past which a failing credential is no last resort any more: only its trials go out. */
export const LAST_RESORTS = 4;
/** How long the one trial of a rested credential may run before another is granted: its worker may have died. */
export const TRIAL_LEASE = 60_000;
/** A rest that ended this long ago without anybody trying is forgotten, its count of failures too. */
export const REST_MEMORY = 3_600_000;
/** What `Rest.remaining` says of a pause, which has no end of its own. */
export const UNTIL_RESUMED = 365 * 86_400_000;

export type FailureReason = keyof typeof BACKOFFS;

const REASONS = { 'rate-limited': 'rate-limited', spent: 'spent', refused: 'refused', failed: 'failing' } as const;

export function reasonOf(kind: Exclude<Outcome['kind'], 'ok' | 'unknown'>): FailureReason {
  return REASONS[kind];
}

/** The length of the rest after `failures` in a row (from 1): what the upstream said, else doubling; while it fails, the longer of both. */
export function restLength(reason: FailureReason, failures: number, retryAfter: number | undefined): number {
  const told = toldLength(reason, retryAfter);
  const { first, longest } = BACKOFFS[reason];
  const guessed = Math.min(first * 2 ** Math.min(failures - 1, 30), longest);
  return reason === 'failing' ? Math.max(told ?? 0, guessed) : (told ?? guessed);
}

/** What the upstream said of when to come back, within bounds; undefined where it said nothing that counts. */
export function toldLength(reason: FailureReason, retryAfter: number | undefined): number | undefined {
  if (retryAfter === undefined || reason === 'refused') return undefined;
  return Math.min(Math.max(retryAfter, 0), LONGEST_TOLD[reason]);
}
