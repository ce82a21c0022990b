/** Many streams under way at once, each with how it ended; each client leaves when its stream is over. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Caller, type CallRequest, type CallResult } from './caller.js';

export interface CrowdWish {
  readonly origin: string;
  readonly count: number;
  /** Time over which they begin. */
  readonly rampMs: number;
  /** How long not a byte may come, milliseconds. */
  readonly patience?: number;
  /** Do not wait for first bytes. */
  readonly begin?: 'at once';
  request(index: number): CallRequest;
}

const STEP_MS = 10;
const BEGIN_WITHIN_MS = 60_000;

export class Crowd {
  readonly #callers: Caller[] = [];
  readonly #ended: Promise<CallResult>[] = [];
  #over = 0;

  /** Settles when each has had its first byte or is over. */
  static async gather(wish: CrowdWish): Promise<Crowd> {
    const crowd = new Crowd();
    const began = performance.now();
    while (crowd.#callers.length < wish.count) {
      const due = wish.rampMs === 0 ? wish.count : Math.ceil(((performance.now() - began) / wish.rampMs) * wish.count);
      while (crowd.#callers.length < Math.min(due, wish.count)) crowd.#add(wish);
      await sleep(STEP_MS);
    }
    if (wish.begin === 'at once') return crowd;
    const giveUpAt = performance.now() + BEGIN_WITHIN_MS;
    while (crowd.begun + crowd.#over < wish.count && performance.now() < giveUpAt) await sleep(STEP_MS);
    return crowd;
  }

  /** Streams under way that have had a first byte. */
  get begun(): number {
    return this.#callers.filter((caller) => caller.hasBegun).length;
  }

  /** Those that are over, whichever way. */
  get over(): number {
    return this.#over;
  }

  get callers(): readonly Caller[] {
    return this.#callers;
  }

  /** In the order of the callers; settles when the last is over. */
  ended(): Promise<CallResult[]> {
    return Promise.all(this.#ended);
  }

  /** All leave. */
  close(): void {
    for (const caller of this.#callers) caller.close();
  }

  #add({ origin, patience, request }: CrowdWish): void {
    const caller = new Caller(origin, patience);
    this.#ended.push(
      caller.call(request(this.#callers.length)).finally(() => {
        this.#over++;
        caller.close();
      }),
    );
    this.#callers.push(caller);
  }
}
