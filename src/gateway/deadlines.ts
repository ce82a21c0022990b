/**
 * One coarse clock for every running request instead of a timer each: re-arming a Node timer costs more than
 * relaying a chunk should, and no time-out here needs to be finer than a quarter of a second (ten looks a second at 1000 streams were 1 % of the time).
 */

/** Something with deadlines of its own. */
export interface Watched {
  /** `now` is `performance.now()`. */
  check(now: number): void;
}

/** Milliseconds between looks: what a time-out may be late by. */
const TICK = 250;

export class Deadlines {
  readonly #watched = new Set<Watched>();
  /** Told of each look while something is watched, and by how many milliseconds it came late. */
  onLook: ((late: number, now: number) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = 0;

  add(watched: Watched): void {
    this.#watched.add(watched);
    if (this.#timer !== undefined) return;
    this.#lookedAt = performance.now();
    this.#timer = setInterval(() => this.#look(), TICK);
  }

  /** The clock stops with the last one, so that an idle worker sleeps. */
  remove(watched: Watched): void {
    this.#watched.delete(watched);
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const now = performance.now();
    this.onLook?.(Math.max(0, now - this.#lookedAt - TICK), now);
    this.#lookedAt = now;
    for (const watched of this.#watched) watched.check(now);
  }
}
