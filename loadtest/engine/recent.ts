import type { Quantiles } from '../result.js';
import { DurationHistogram } from './histogram.js';

/** One second holds few whole streams; five are enough for a p95 at 50 users and still show a stall as it happens. */
const SLOTS = 5;

/** Times of the last few seconds: a ring of one histogram a second. */
export class RecentTimes {
  readonly #slots = Array.from({ length: SLOTS }, () => new DurationHistogram());
  readonly #sum = new DurationHistogram();
  #now = 0;

  addText(text: string): void {
    this.#slots[this.#now]?.addText(text);
  }

  /** A second is over: what the window holds, and the oldest second makes room. */
  tick(): Quantiles | undefined {
    this.#sum.reset();
    for (const slot of this.#slots) this.#sum.add(slot);
    this.#now = (this.#now + 1) % SLOTS;
    this.#slots[this.#now]?.reset();
    return this.#sum.quantiles();
  }
}
