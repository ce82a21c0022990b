/** A worker's side of the shared retry budget: requests are told in passing, the store is asked only when a retry is wanted. */
import { RETRY_FLOOR, RetryQuota } from '../credential/retry-quota.js';
import type { Retries } from './store.js';

/** Tells of requests begun, and asks for one retry where wished; `share`: of requests that may be retries. Undefined: no answer in time. */
export type RetryAsker = (requests: number, wish: boolean, share: number) => Promise<boolean | undefined>;

export class RetryShares implements Retries {
  readonly #ask: RetryAsker;
  /** Decides while the store is away: this worker's own requests, and its part of the floor. */
  readonly #own: RetryQuota;
  #untold = 0;
  #share: number;

  /** `percent` of requests; `workers`: processes that share the floor. */
  constructor(percent: number, workers: number, ask: RetryAsker) {
    this.#ask = ask;
    this.#share = percent / 100;
    this.#own = new RetryQuota(percent, performance.now(), Math.max(1, RETRY_FLOOR / Math.max(1, workers)));
  }

  configure(percent: number): void {
    this.#own.configure(percent);
    this.#share = percent / 100;
  }

  deposit(): void {
    this.#untold++;
    this.#own.deposit(1, performance.now());
  }

  async withdraw(): Promise<boolean> {
    const granted = await this.#ask(this.#take(), true, this.#share);
    return granted ?? this.#own.withdraw(performance.now());
  }

  /** Called now and then, so that the others' retries can count on requests made here. */
  tell(): void {
    if (this.#untold > 0) void this.#ask(this.#take(), false, this.#share);
  }

  #take(): number {
    const requests = this.#untold;
    this.#untold = 0;
    return requests;
  }
}
