/** An open model: requests begin at their rate, whether or not those before them have been answered, so that a stall is not hidden. */
import { performance } from 'node:perf_hooks';
import { Caller, type CallRequest, type CallResult } from './caller.js';

export interface OpenLoadWish {
  readonly origin: string;
  /** Requests a second. */
  readonly rate: number;
  /** Most under way; past it one is not sent, and counted. Default 2,000. */
  readonly most?: number;
  /** The n-th request. */
  request(index: number): CallRequest;
}

const TICK_MS = 5;

export class OpenLoad {
  /** Those that ended, in the order of their ends. */
  readonly results: CallResult[] = [];
  /** Not sent for want of room. */
  dropped = 0;
  readonly #wish: OpenLoadWish;
  readonly #idle: Caller[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #began = performance.now();
  readonly #timer: NodeJS.Timeout;
  #asked = 0;

  /** Begins at once. */
  constructor(wish: OpenLoadWish) {
    this.#wish = wish;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** No new ones; settles when those under way are over. */
  async stop(): Promise<readonly CallResult[]> {
    clearInterval(this.#timer);
    await Promise.all(this.#running);
    for (const caller of this.#idle) caller.close();
    return this.results;
  }

  #tick(): void {
    const due = ((performance.now() - this.#began) / 1000) * this.#wish.rate;
    while (this.#asked < due) this.#ask(this.#asked++);
  }

  #ask(index: number): void {
    if (this.#running.size >= (this.#wish.most ?? 2_000)) {
      this.dropped++;
      return;
    }
    const caller = this.#idle.pop() ?? new Caller(this.#wish.origin);
    const running = caller.call(this.#wish.request(index)).then((result) => {
      this.#running.delete(running);
      this.results.push(result);
      this.#idle.push(caller);
    });
    this.#running.add(running);
  }
}
