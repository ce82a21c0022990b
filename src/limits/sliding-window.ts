/**
 * How much in the last minute, exact to the second and always on the safe side: any sixty seconds lie within the second of
 * now and the sixty before it, so what fits into these 61 buckets fits into any minute. Pure: time is passed in.
 *
 *     second   …  −60  −59   …   −1   now
 *     bucket    [  2 ][  0 ] … [  5 ][  1 ]    total = their sum; the bucket of −60 is emptied for now + 1
 */

/** Buckets of one second: a minute, and the second that has begun. */
export const BUCKETS = 61;
export const SECOND = 1_000;

export class SlidingWindow {
  readonly #buckets = new Float64Array(BUCKETS);
  #total = 0;
  #last = Number.NEGATIVE_INFINITY;

  /** Now the sum over the window; `now` in milliseconds, never less than before. */
  total(now: number): number {
    this.#advance(secondOf(now));
    return this.#total;
  }

  add(amount: number, now: number): void {
    const second = secondOf(now);
    this.#advance(second);
    this.#put(second, amount);
  }

  /** Corrects what was added at `second`: less takes from there while it is in the window, more counts from now. */
  correct(second: number, difference: number, now: number): void {
    if (difference > 0) return this.add(difference, now);
    this.#advance(secondOf(now));
    if (second > this.#last - BUCKETS && second <= this.#last)
      this.#put(second, Math.max(difference, -(this.#buckets[place(second)] as number)));
  }

  /** Milliseconds until `amount` more fits under `limit`; undefined when it never will. */
  wait(amount: number, limit: number, now: number): number | undefined {
    let excess = this.total(now) + amount - limit;
    if (excess <= 0) return 0;
    if (amount > limit) return undefined;
    for (let second = this.#last - BUCKETS + 1; second <= this.#last; second++) {
      excess -= this.#buckets[place(second)] as number;
      if (excess <= 0) return (second + BUCKETS) * SECOND - now;
    }
    return undefined;
  }

  /** Milliseconds until nothing is left in it. */
  reset(now: number): number {
    if (this.total(now) === 0) return 0;
    for (let second = this.#last; second > this.#last - BUCKETS; second--)
      if (this.#buckets[place(second)] !== 0) return (second + BUCKETS) * SECOND - now;
    return 0;
  }

  #put(second: number, amount: number): void {
    const at = place(second);
    this.#buckets[at] = (this.#buckets[at] as number) + amount;
    this.#total += amount;
  }

  #advance(second: number): void {
    if (second - this.#last >= BUCKETS) {
      this.#buckets.fill(0);
      this.#total = 0;
    } else
      for (let next = this.#last + 1; next <= second; next++) {
        this.#total -= this.#buckets[place(next)] as number;
        this.#buckets[place(next)] = 0;
      }
    this.#last = Math.max(this.#last, second);
  }
}

export function secondOf(now: number): number {
  return Math.floor(now / SECOND);
}

function place(second: number): number {
  return ((second % BUCKETS) + BUCKETS) % BUCKETS;
}
