/** How many lines of one kind a log gets a second: an outage says the same thing some hundred times a second. */

/** Milliseconds. */
const SECOND = 1_000;

interface Tally {
  /** When the running second began. */
  since: number;
  written: number;
  left: number;
}

export class LineRate {
  readonly #most: number;
  readonly #tallies = new Map<string, Tally>();

  /** `most`: lines of one kind in a second. Kinds are few: who asks bounds them. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether one more line of `kind` may be written: how many were left out since the last one, undefined for none now. */
  next(kind: string, now: number): number | undefined {
    const tally = this.#tallies.get(kind) ?? { since: now, written: 0, left: 0 };
    this.#tallies.set(kind, tally);
    if (now - tally.since >= SECOND) Object.assign(tally, { since: now, written: 0 });
    if (tally.written >= this.#most) {
      tally.left++;
      return undefined;
    }
    const { left } = tally;
    tally.written++;
    tally.left = 0;
    return left;
  }
}
