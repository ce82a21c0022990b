/**
 * Failures that say little by themselves (a 500, a cut stream) counted against the attempts around them, per credential ×
 * model: one in a hundred is the provider's noise, and must not move every session off a warm prompt cache.
 */
import { AgedMap } from './aged-map.js';
import type { CredentialKey, Outcome } from './types.js';

/** Milliseconds from the first failure. */
export const FAILURE_WINDOW = 30_000;
/** A credential × model rests at this many failures within a window, if they are at least half of the attempts. */
export const LEAST_FAILURES = 2;
/** Clients name models freely where `*` routes. */
const MOST_WINDOWS = 10_000;

interface Window {
  readonly since: number;
  failures: number;
  attempts: number;
}

export class FailureWindows {
  readonly #windows = new AgedMap<string, Window>();

  /** One more failure. True: these are too many, and counting begins anew. `now`: monotonic milliseconds. */
  fails(key: CredentialKey, { model, attempts = 1 }: Outcome, now: number): boolean {
    const name = `${key}|${model}`;
    const window = this.#open(name, now);
    window.failures++;
    window.attempts += Math.max(1, attempts);
    if (window.failures < LEAST_FAILURES || window.failures * 2 < window.attempts) return false;
    this.#windows.delete(name);
    return true;
  }

  #open(name: string, now: number): Window {
    const running = this.#windows.get(name);
    if (running !== undefined && now - running.since < FAILURE_WINDOW) return running;
    const window = { since: now, failures: 0, attempts: 0 };
    this.#windows.delete(name);
    this.#windows.set(name, window);
    const oldest = this.#windows.oldest();
    if (this.#windows.size > MOST_WINDOWS && oldest !== undefined) this.#windows.delete(oldest);
    return window;
  }
}
