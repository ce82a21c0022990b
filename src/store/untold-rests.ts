/** Rests that this worker learnt of while Redis could not be told: those that run still when it is back are told then. */
import type { Outcome, Rest } from '../credential/types.js';

interface Untold {
  readonly outcome: Outcome;
  /** On the clock of `performance.now()`. */
  readonly until: number;
}

/** A worker with more of them has nobody left to ask; the oldest are forgotten. */
const MOST = 1_000;

export class UntoldRests {
  readonly #untold = new Map<string, Untold>();

  /** `rests`: what the outcome led to in this worker's own view. */
  note(outcome: Outcome, rests: readonly Rest[], now: number): void {
    for (const { key, model, remaining } of rests) {
      const name = `${key} ${model}`;
      this.#untold.delete(name);
      if (remaining > 0) this.#untold.set(name, { outcome, until: now + remaining });
    }
    const [oldest] = this.#untold.keys();
    if (this.#untold.size > MOST && oldest !== undefined) this.#untold.delete(oldest);
  }

  /** What should be told now, once; whatever was counted before is not counted again. */
  take(now: number): Outcome[] {
    const running = [...this.#untold.values()].filter(({ until }) => until > now);
    this.#untold.clear();
    return running.map(({ outcome, until }) => ({ ...outcome, atOnce: true, trial: false, retryAfter: Math.ceil(until - now) }));
  }
}
