/** Bodies must come at a least rate: a client that sends a byte now and then would hold its place for as long as it likes. */

/** A body that is being read. */
export interface Reading {
  /** `performance.now()` when it was asked for. */
  readonly startedAt: number;
  /** Bytes so far. */
  readonly received: number;
  /** Its time is over. Called once. */
  late(): void;
}

/** Bytes a second that every client's network manages (Apache's mod_reqtimeout asks for as many). */
const SLOWEST = 500;
const SECOND = 1_000;
/** Milliseconds between looks. */
const TICK = 500;

/** One coarse clock for all bodies; it stands still while none is read. */
export class BodyClock {
  readonly #grace: () => number;
  readonly #reading = new Set<Reading>();
  #timer: NodeJS.Timeout | undefined;

  /** `grace`: milliseconds that a body may take beside a second for every 500 bytes of it. */
  constructor(grace: () => number) {
    this.#grace = grace;
  }

  add(reading: Reading): void {
    this.#reading.add(reading);
    this.#timer ??= setInterval(() => this.look(performance.now()), TICK).unref();
  }

  remove(reading: Reading): void {
    this.#reading.delete(reading);
    if (this.#reading.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Ends those whose time is over at `now`. */
  look(now: number): void {
    const grace = this.#grace();
    for (const reading of this.#reading) {
      if (now - reading.startedAt <= grace + (reading.received / SLOWEST) * SECOND) continue;
      this.remove(reading);
      reading.late();
    }
  }
}
