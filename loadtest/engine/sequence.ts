/** Holes remembered of one stream; more are missing for good, so that a broken counterpart costs no memory. */
const MOST_HOLES = 10_000;

/**
 * The numbers of one stream's events in the order in which they came. A hole that is filled later was a reordering; one that
 * is not by the end is a missing event; a number that came before and left no hole is a double.
 */
export class Sequence {
  readonly #holes = new Set<number>();
  #next = 0;
  #lost = 0;
  seen = 0;
  doubled = 0;
  reordered = 0;

  take(number: number): void {
    this.seen++;
    if (number === this.#next) this.#next++;
    else if (number > this.#next) this.#skipTo(number);
    else if (this.#holes.delete(number)) this.reordered++;
    else this.doubled++;
  }

  /** Events that did not come; those behind the last one that came are not known of. */
  get missing(): number {
    return this.#lost + this.#holes.size;
  }

  reset(): void {
    this.#holes.clear();
    this.#next = 0;
    this.#lost = 0;
    this.seen = 0;
    this.doubled = 0;
    this.reordered = 0;
  }

  #skipTo(number: number): void {
    for (let hole = this.#next; hole < number; hole++) {
      if (this.#holes.size === MOST_HOLES) {
        this.#lost += number - hole;
        break;
      }
      this.#holes.add(hole);
    }
    this.#next = number + 1;
  }
}
