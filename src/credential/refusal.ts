/** What to do when nothing is in turn: the last resort, or a refusal that says when to come back. */
import type { Member, Target, Tier } from './plan.js';
import { LAST_RESORTS } from './rest-length.js';
import { type Blocked, isGuess, type Rests } from './rests.js';
import type { ChoiceRequest, CredentialKey, NoCredential } from './types.js';

/** A credential that the request could have had, and what kept it from it. */
export interface Unused {
  readonly target: Target;
  readonly member: Member;
  readonly model: string;
  readonly tried: boolean;
  readonly blocked: Blocked | undefined;
  /** At its cap of requests in flight. */
  readonly full: boolean;
}

/** When a slot is given back nobody knows: what callers are told to wait. */
export const BUSY = { found: false, reason: 'busy', retryAfter: 1_000 } as const satisfies NoCredential;

/** Every credential of every tier, first tiers first. Only walked when nothing could be used. */
export function unusedOf(
  tiers: readonly Tier[],
  request: ChoiceRequest,
  rests: Rests,
  now: number,
  isFull: (member: Member) => boolean,
): Unused[] {
  return tiers
    .flatMap((tier) => tier.targets)
    .flatMap((target) =>
      target.pool.members.map((member) => {
        const model = target.model ?? request.model;
        const tried = isExcluded(request, target.upstream, member.key);
        return { target, member, model, tried, blocked: rests.blocked(member.key, model, now), full: isFull(member) };
      }),
    );
}

/** Whether the request has had enough of it. */
export function isExcluded({ exclude }: ChoiceRequest, upstream: string, key: CredentialKey): boolean {
  return exclude !== undefined && (exclude.includes(key) || exclude.includes(`${upstream}/*`));
}

/**
 * Failing is our guess, not the upstream's word: rather than refuse, the one that is back soonest is tried, until it has
 * failed so often that only trials make sense. What the upstream limited or refused, and what the operator paused, is
 * never overridden.
 */
export function lastResort(unused: readonly Unused[]): Unused | undefined {
  return soonest(
    unused.filter(
      ({ tried, full, blocked }) => !tried && !full && blocked && isGuess(blocked.reason) && blocked.failures <= LAST_RESORTS,
    ),
  );
}

export function refusal(unused: readonly Unused[]): NoCredential {
  if (unused.length === 0) return { found: false, reason: 'none' };
  const left = unused.filter(({ tried }) => !tried);
  if (left.some(({ blocked, full }) => full && (!blocked || isGuess(blocked.reason)))) return BUSY;
  const first = soonest(left.length > 0 ? left : unused)?.blocked;
  return { found: false, reason: left.length > 0 ? 'resting' : 'tried', rest: first?.reason, retryAfter: first?.remaining };
}

function soonest(unused: readonly Unused[]): Unused | undefined {
  let first: Unused | undefined;
  for (const one of unused) if (one.blocked && (first === undefined || end(one) < end(first))) first = one;
  return first;
}

function end({ blocked }: Unused): number {
  return blocked?.remaining ?? Number.POSITIVE_INFINITY;
}
