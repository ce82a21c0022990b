import { performance } from 'node:perf_hooks';

/** What is to be done at set times; all that is still to come is dropped together. */
export class Timers {
  readonly #timers: NodeJS.Timeout[] = [];

  /** `time` on `performance.now()`; what is past is done at once. */
  at(time: number, act: () => void): void {
    this.#timers.push(setTimeout(act, Math.max(0, time - performance.now())));
  }

  /** Again and again, milliseconds apart. */
  every(period: number, act: () => void): void {
    this.#timers.push(setInterval(act, period));
  }

  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
