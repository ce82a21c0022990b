/**
 * Which credential × model is out of turn, and until when. Only what failed is held:
 *
 *     (nothing held: in turn) --failure--> resting --time--> half-open --trial granted--> on trial
 *             ^                               ^                                             |  |
 *             |                               +--failure: count + 1, longer rest------------+  |
 *             +----------------------------------------ok---------------------------------------+
 *
 * A failure here is one that counts as such at once, or one too many in its window (`failure-windows.ts`). What is merely
 * spent is in turn again when its rest ends, without a trial: nothing has failed. A lease that runs out is as good as no trial. A paused credential stays out whatever else happens.
 */

import { FailureWindows } from './failure-windows.js';
import { credentialKey } from './plan.js';
import { type FailureReason, REST_MEMORY, reasonOf, restLength, TRIAL_LEASE, toldLength, UNTIL_RESUMED } from './rest-length.js';
import type { CredentialKey, Outcome, Rest, RestReason } from './types.js';

/**
 * `trial`: the rest is over and the caller may be the one that tries, after `grant`. `spent`: it rests, but only until a limit
 * fills up, and nothing was refused: its sessions stay with it.
 */
export type Standing = 'free' | 'trial' | 'spent' | 'resting';

/** The rest that keeps a credential out longest. */
export interface Blocked {
  readonly reason: RestReason;
  /** Milliseconds; absent for a pause, which has no end of its own. */
  readonly remaining: number | undefined;
  /** Rests in a row. */
  readonly failures: number;
}

/** One rest as the admin pages see it. */
export interface HeldRest {
  readonly model: string;
  readonly reason: RestReason;
  /** Milliseconds; 0: over, and waiting for its trial. */
  readonly remaining: number;
  readonly trial: boolean;
}

interface RestState {
  reason: FailureReason;
  failures: number;
  /** When the rest ends. */
  until: number;
  /** When the granted trial is given up; 0: none is out. */
  lease: number;
}

/** Rests of every model of a credential are kept under this name. */
const EVERY_MODEL = '*';
/** Models of a credential that may rest at once; clients name models freely where `*` routes, so it has a bound. */
const MOST_MODELS = 200;
/** A trial that is out may end any moment: what callers are told to wait. */
const TRIAL_RETRY = 1_000;

export class Rests {
  readonly #paused = new Set<CredentialKey>();
  readonly #held = new Map<CredentialKey, Map<string, RestState>>();
  readonly #windows = new FailureWindows();

  /** What this credential may be used for at this moment. */
  standing(key: CredentialKey, model: string, now: number): Standing {
    if (this.#paused.has(key)) return 'resting';
    const models = this.#held.get(key);
    if (models === undefined) return 'free';
    let standing: Standing = 'free';
    for (const name of [EVERY_MODEL, model]) {
      const state = this.#current(models, key, name, now);
      if (state === undefined) continue;
      if (state.reason !== 'spent' && (state.until > now || state.lease > now)) return 'resting';
      standing = state.reason === 'spent' ? 'spent' : 'trial';
    }
    return standing;
  }

  /** Give out the one trial; nobody else gets one before its outcome or the end of the lease. */
  grant(key: CredentialKey, model: string, now: number): void {
    for (const name of [EVERY_MODEL, model]) {
      const state = this.#held.get(key)?.get(name);
      if (state !== undefined) state.lease = now + TRIAL_LEASE;
    }
  }

  /** Why it is out of turn and for how long, the longest of what applies; undefined when nothing holds it. */
  blocked(key: CredentialKey, model: string, now: number): Blocked | undefined {
    if (this.#paused.has(key)) return { reason: 'paused', remaining: undefined, failures: 0 };
    const models = this.#held.get(key);
    let longest: (Blocked & { readonly remaining: number }) | undefined;
    for (const name of [EVERY_MODEL, model]) {
      const state = models && this.#current(models, key, name, now);
      if (state === undefined || (state.until <= now && state.lease <= now)) continue;
      const remaining = state.until > now ? state.until - now : Math.min(state.lease - now, TRIAL_RETRY);
      const { reason, failures } = state;
      if (longest === undefined || (!isGuess(reason) && (isGuess(longest.reason) || remaining > longest.remaining)))
        longest = { reason, remaining, failures };
    }
    return longest;
  }

  /** Learn from an attempt; what every worker must hear comes back. */
  report(outcome: Outcome, now: number): Rest[] {
    const key = credentialKey(outcome.upstream, outcome.credential);
    // An answer begun before the credential rested proves nothing about now; the trial's does.
    if (outcome.kind === 'ok')
      return outcome.trial ? [EVERY_MODEL, outcome.model].flatMap((model) => this.#end(key, model, now)) : [];
    if (outcome.kind === 'unknown') return this.#giveBack(key, outcome);
    if (outcome.kind === 'spent') return this.#spend(key, outcome, now);
    if (isCounted(outcome) && !this.#windows.fails(key, outcome, now)) return [];
    return [this.#rest(key, outcome, reasonOf(outcome.kind), now)];
  }

  pause(key: CredentialKey): Rest {
    this.#paused.add(key);
    return { key, model: EVERY_MODEL, reason: 'paused', remaining: UNTIL_RESUMED };
  }

  resume(key: CredentialKey): Rest {
    this.#paused.delete(key);
    return { key, model: EVERY_MODEL, reason: 'paused', remaining: 0 };
  }

  /** Take over what another process decided. */
  apply(rest: Rest, now: number): void {
    if (rest.reason === 'paused') {
      if (rest.remaining > 0) this.#paused.add(rest.key);
      else this.#paused.delete(rest.key);
      return;
    }
    if (rest.remaining <= 0) return this.#forget(rest.key, rest.model);
    const failures = this.#held.get(rest.key)?.get(rest.model)?.failures ?? 1;
    this.#hold(rest.key, rest.model, { reason: rest.reason, failures, until: now + rest.remaining, lease: 0 });
  }

  isPaused(key: CredentialKey): boolean {
    return this.#paused.has(key);
  }

  /** Everything held against one credential, half-open ones with `remaining` 0. */
  held(key: CredentialKey, now: number): HeldRest[] {
    const models = this.#held.get(key);
    if (models === undefined) return [];
    return [...models].flatMap(([model, { reason, until, lease }]) =>
      until + REST_MEMORY < now ? [] : [{ model, reason, remaining: Math.max(0, until - now), trial: lease > now }],
    );
  }

  /** All that is still running, for a worker that has just come. */
  running(now: number): Rest[] {
    const rests = [...this.#held.keys()].flatMap((key) =>
      this.held(key, now).flatMap(({ model, reason, remaining }) => (remaining > 0 ? [{ key, model, reason, remaining }] : [])),
    );
    return [...rests, ...[...this.#paused].map((key) => this.pause(key))];
  }

  /** Forget the credentials that left the configuration. */
  retain(staying: ReadonlySet<CredentialKey>): void {
    for (const key of this.#held.keys()) if (!staying.has(key)) this.#held.delete(key);
    for (const key of this.#paused) if (!staying.has(key)) this.#paused.delete(key);
  }

  #rest(key: CredentialKey, outcome: Outcome, reason: FailureReason, now: number): Rest {
    const model = reason === 'refused' ? EVERY_MODEL : outcome.model;
    const before = this.#held.get(key)?.get(model);
    const state =
      before !== undefined && before.until > now ? prolong(before, reason, outcome, now) : again(before, reason, outcome, now);
    this.#hold(key, model, state);
    return { key, model, reason: state.reason, remaining: state.until - now };
  }

  #giveBack(key: CredentialKey, { model, trial }: Outcome): Rest[] {
    for (const name of trial ? [EVERY_MODEL, model] : []) {
      const state = this.#held.get(key)?.get(name);
      if (state) state.lease = 0;
    }
    return [];
  }

  /** Said by every answer that is under way, so once is enough; what rests for worse, or is on trial, stays as it is. */
  #spend(key: CredentialKey, { model, retryAfter }: Outcome, now: number): Rest[] {
    const models = this.#held.get(key);
    if (models !== undefined && this.#current(models, key, model, now) !== undefined) return [];
    const remaining = restLength('spent', 1, retryAfter);
    this.#hold(key, model, { reason: 'spent', failures: 1, until: now + remaining, lease: 0 });
    return [{ key, model, reason: 'spent', remaining }];
  }

  #end(key: CredentialKey, model: string, now: number): Rest[] {
    const state = this.#held.get(key)?.get(model);
    if (state === undefined) return [];
    // A limit that was set while the trial ran is newer than the trial.
    if (state.until > now && state.reason !== 'failing') return [];
    this.#forget(key, model);
    return [{ key, model, reason: state.reason, remaining: 0 }];
  }

  #hold(key: CredentialKey, model: string, state: RestState): void {
    const models = this.#held.get(key) ?? new Map<string, RestState>();
    models.delete(model);
    models.set(model, state);
    const oldest = models.keys().next();
    if (models.size > MOST_MODELS && !oldest.done) models.delete(oldest.value);
    this.#held.set(key, models);
  }

  #forget(key: CredentialKey, model: string): void {
    const models = this.#held.get(key);
    if (models?.delete(model) && models.size === 0) this.#held.delete(key);
  }

  #current(models: ReadonlyMap<string, RestState>, key: CredentialKey, model: string, now: number): RestState | undefined {
    const state = models.get(model);
    if (state === undefined || state.until + (state.reason === 'spent' ? 0 : REST_MEMORY) > now) return state;
    this.#forget(key, model);
    return undefined;
  }
}

/** What nobody but us has said, or what was said without refusing anything. */
export function isGuess(reason: RestReason): boolean {
  return reason === 'failing' || reason === 'spent';
}

/** Whether one such outcome means little by itself. */
export function isCounted({ kind, atOnce, trial, retryAfter }: Outcome): boolean {
  return kind === 'failed' && !atOnce && !trial && retryAfter === undefined;
}

/** A failure while it rests is the same incident told by another request: it is not counted again, but what is told may last longer. */
function prolong(before: RestState, reason: FailureReason, outcome: Outcome, now: number): RestState {
  const milder = before.reason === 'rate-limited' && reason === 'failing';
  const guessed = before.reason === reason && reason === 'failing' && toldLength(reason, outcome.retryAfter) === undefined;
  if (milder || guessed) return { ...before, lease: 0 };
  const until = now + restLength(reason, before.failures, outcome.retryAfter);
  // What the upstream says outranks what we guessed.
  return {
    reason,
    failures: before.failures,
    until: before.reason === reason ? Math.max(before.until, until) : until,
    lease: 0,
  };
}

function again(before: RestState | undefined, reason: FailureReason, outcome: Outcome, now: number): RestState {
  const forgotten = before === undefined || before.reason === 'spent' || before.until + REST_MEMORY < now;
  const failures = forgotten ? 1 : before.failures + 1;
  return { reason, failures, until: now + restLength(reason, failures, outcome.retryAfter), lease: 0 };
}
