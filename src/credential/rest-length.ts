/** How long a credential rests after what it answered. All in milliseconds. */
import type { Outcome, RestReason } from './types.js';

interface Backoff {
  readonly first: number;
  readonly longest: number;
}

/** A 401 or 403 seldom mends itself; a rate limit turns over within a minute; an upstream's hiccup within seconds. */
export const BACKOFFS = {
  'rate-limited': { first: 1_000, longest: 60_000 },
  refused: { first: 60_000, longest: 600_000 },
  failing: { first: 500, longest: 30_000 },
} as const satisfies Record<Exclude<RestReason, 'paused'>, Backoff>;

/** An upstream that asks for more is asked again after this all the same. */
export const LONGEST_RETRY_AFTER = 3_600_000;
/** How long the one trial of a rested credential may run before another is granted: its worker may have died. */
export const TRIAL_LEASE = 60_000;
/** A rest that ended this long ago without anybody trying is forgotten, its count of failures too. */
export const REST_MEMORY = 3_600_000;
/** What `Rest.remaining` says of a pause, which has no end of its own. */
export const UNTIL_RESUMED = 365 * 86_400_000;

export type FailureReason = keyof typeof BACKOFFS;

const REASONS = { 'rate-limited': 'rate-limited', refused: 'refused', failed: 'failing' } as const;

export function reasonOf(kind: Exclude<Outcome['kind'], 'ok'>): FailureReason {
  return REASONS[kind];
}

/** The length of the rest after `failures` in a row (from 1): what the upstream said, else doubling. */
export function restLength(reason: FailureReason, failures: number, retryAfter: number | undefined): number {
  if (reason === 'rate-limited' && retryAfter !== undefined) return Math.min(Math.max(retryAfter, 0), LONGEST_RETRY_AFTER);
  const { first, longest } = BACKOFFS[reason];
  return Math.min(first * 2 ** Math.min(failures - 1, 30), longest);
}
