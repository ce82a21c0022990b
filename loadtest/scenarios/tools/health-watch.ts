import { setTimeout as sleep } from 'node:timers/promises';
import { Caller } from './caller.js';
import { get } from './requests.js';

const EVERY_MS = 50;

export interface HealthSeen {
  /** Milliseconds until each answer. */
  readonly times: readonly number[];
  /** Answers with 503. */
  readonly overloaded: number;
  /** Neither 200 nor 503, or no answer. */
  readonly unanswered: number;
}

/** Asks `/health` again and again, each time on the same connection. */
export class HealthWatch {
  readonly #times: number[] = [];
  #overloaded = 0;
  #unanswered = 0;
  #going = true;
  readonly #done: Promise<void>;

  /** Begins at once. */
  constructor(origin: string) {
    this.#done = this.#ask(origin);
  }

  async end(): Promise<HealthSeen> {
    this.#going = false;
    await this.#done;
    return { times: this.#times, overloaded: this.#overloaded, unanswered: this.#unanswered };
  }

  async #ask(origin: string): Promise<void> {
    const caller = new Caller(origin);
    while (this.#going) {
      const { status, ms } = await caller.call(get({ origin, key: '' }, '/health'));
      this.#times.push(ms);
      if (status === 503) this.#overloaded++;
      else if (status !== 200) this.#unanswered++;
      await sleep(EVERY_MS);
    }
    caller.close();
  }
}
