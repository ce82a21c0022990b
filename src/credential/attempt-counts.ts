/**
 * How many attempts one worker has made at each credential × model lately, told to the shared state only along with a
 * failure: what goes well costs no message. A worker without failures tells nothing of its attempts, so the shared rate is
 * at worst too high, by what only lucky workers saw.
 */
import { FAILURE_WINDOW } from './failure-windows.js';

interface Count {
  /** When `current` began. */
  since: number;
  current: number;
  /** Of the window before. */
  previous: number;
}

const MOST_COUNTS = 10_000;

export class AttemptCounts {
  readonly #counts = new Map<string, Count>();

  /** One more attempt; `now`: monotonic milliseconds. */
  add(upstream: string, credential: string, model: string, now: number): void {
    const count = this.#turned(`${upstream}/${credential}|${model}`, now);
    count.current++;
  }

  /** Attempts since the last `take`, no older than two windows. */
  take(upstream: string, credential: string, model: string, now: number): number {
    const count = this.#turned(`${upstream}/${credential}|${model}`, now);
    const taken = count.current + count.previous;
    count.current = 0;
    count.previous = 0;
    return taken;
  }

  #turned(name: string, now: number): Count {
    const count = this.#counts.get(name) ?? this.#begun(name, now);
    const age = now - count.since;
    if (age < FAILURE_WINDOW) return count;
    count.previous = age < 2 * FAILURE_WINDOW ? count.current : 0;
    count.current = 0;
    count.since = now;
    return count;
  }

  #begun(name: string, now: number): Count {
    // Seldom, as only who names ten thousand models gets here: nothing is remembered rather than too much.
    if (this.#counts.size >= MOST_COUNTS) this.#counts.clear();
    const count = { since: now, current: 0, previous: 0 };
    this.#counts.set(name, count);
    return count;
  }
}
