/** Questions that await an answer: numbered, bounded, and given up after one common time-out on one common timer. */

interface Waiting<T> {
  readonly resolve: (answer: T | undefined) => void;
  readonly deadline: number;
}

/** Past this many the store is not keeping up, and more waiting would only hold memory. */
const MOST_WAITING = 4_096;

export class Pending<T> {
  readonly #waiting = new Map<number, Waiting<T>>();
  readonly #timeout: number;
  #next = 1;
  #timer: NodeJS.Timeout | undefined;

  /** `timeout`: milliseconds. */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  /**
   * Ask by `send`, which gets the question's number and says whether it went out. Resolves with the answer, or with
   * undefined when there is none in time; never rejects.
   */
  ask(send: (id: number) => boolean): Promise<T | undefined> {
    if (this.#waiting.size >= MOST_WAITING) return Promise.resolve(undefined);
    const id = this.#next++;
    return new Promise((resolve) => {
      this.#waiting.set(id, { resolve, deadline: performance.now() + this.#timeout });
      if (!send(id)) this.settle(id, undefined);
      else this.#arm();
    });
  }

  /** Answers that come too late, or twice, are dropped: then it is false. */
  settle(id: number, answer: T | undefined): boolean {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return false;
    this.#waiting.delete(id);
    waiting.resolve(answer);
    return true;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.giveUp();
  }

  /** Nobody waits any longer: the other side is known to be away. */
  giveUp(): void {
    for (const id of this.#waiting.keys()) this.settle(id, undefined);
  }

  /** Numbers are given out in the order of deadlines, so the first entry is due first. */
  #arm(): void {
    const first = this.#waiting.values().next();
    if (first.done || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#expire(), Math.max(1, first.value.deadline - performance.now()));
  }

  #expire(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const [id, { deadline }] of this.#waiting) {
      if (deadline > now) break;
      this.settle(id, undefined);
    }
    this.#arm();
  }
}
