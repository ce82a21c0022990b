/**
 * Retries as a share of requests, so that an outage upstream is never answered with a multiple of the traffic
 * (Finagle's and Linkerd's retry budget). Kept per worker: a share of each is a share of all.
 */

/** Retries that a quiet worker may always do, per second and at most at once. */
const FLOOR_PER_SECOND = 1;
const MOST_SAVED = 10;

export class RetryBudget {
  #saved = MOST_SAVED;
  #share: number;
  #toppedUpAt: number;

  /** `percent` of requests, 0 for no retries at all; `now` in milliseconds on a monotonic clock. */
  constructor(percent: number, now: number) {
    this.#share = percent / 100;
    this.#toppedUpAt = now;
  }

  configure(percent: number): void {
    this.#share = percent / 100;
  }

  /** Each first attempt pays in its share. */
  deposit(): void {
    this.#saved = Math.min(MOST_SAVED, this.#saved + this.#share);
  }

  /** Whether one more retry is paid for; if so it is spent. */
  withdraw(now: number): boolean {
    const earned = ((now - this.#toppedUpAt) / 1000) * FLOOR_PER_SECOND;
    this.#toppedUpAt = now;
    if (this.#share === 0) return false;
    this.#saved = Math.min(MOST_SAVED, this.#saved + earned);
    if (this.#saved < 1) return false;
    this.#saved -= 1;
    return true;
  }
}
