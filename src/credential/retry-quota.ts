/**
 * Retries as a share of requests, so that an outage upstream is never answered with a multiple of the traffic. Both are
 * counted with the last ten seconds weighing most. Not a bucket that fills with a floor besides (Finagle's 20 % and 10 a
 * second): the floor counts only where the share is below it, so over any load worth the name the share is the limit.
 */

/** Time constant by which what was counted fades, milliseconds. */
export const RETRY_MEMORY = 10_000;
/** Retries within that time which the quietest gateway may do. */
export const RETRY_FLOOR = 10;

export class RetryQuota {
  readonly #floor: number;
  #share: number;
  #requests = 0;
  #retries = 0;
  #at: number;

  /** `percent` of requests, 0 for no retries at all; `now` in milliseconds on a monotonic clock. */
  constructor(percent: number, now: number, floor = RETRY_FLOOR) {
    this.#share = percent / 100;
    this.#floor = floor;
    this.#at = now;
  }

  configure(percent: number): void {
    this.#share = percent / 100;
  }

  deposit(requests: number, now: number): void {
    this.#fade(now);
    this.#requests += requests;
  }

  /** Whether one more retry is within the share; if so it is counted. */
  withdraw(now: number): boolean {
    this.#fade(now);
    if (this.#share === 0 || this.#retries + 1 > Math.max(this.#floor, this.#share * this.#requests)) return false;
    this.#retries++;
    return true;
  }

  #fade(now: number): void {
    const kept = Math.exp((this.#at - now) / RETRY_MEMORY);
    this.#requests *= kept;
    this.#retries *= kept;
    this.#at = now;
  }
}
