/** Slots in use under each name, and by whom: given back one by one, or all at once when their holder is gone. Pure. */

/** Whose slots these are: a worker's number in the primary, anything where there is one holder. */
export type Holder = number;

interface Held {
  readonly name: string;
  readonly holder: Holder;
}

export class Slots {
  readonly #held = new Map<string, Held>();
  readonly #counts = new Map<string, number>();

  /** In use under `name`. */
  count(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  get size(): number {
    return this.#held.size;
  }

  /** Takes one whatever is in use: whether it fits is the caller's question. The same `slot` twice is one. */
  take(name: string, slot: string, holder: Holder): void {
    if (this.#held.has(slot)) return;
    this.#held.set(slot, { name, holder });
    this.#counts.set(name, this.count(name) + 1);
  }

  /** False: it was not held (any more). */
  give(slot: string): boolean {
    const held = this.#held.get(slot);
    if (held === undefined) return false;
    this.#held.delete(slot);
    const left = this.count(held.name) - 1;
    if (left > 0) this.#counts.set(held.name, left);
    else this.#counts.delete(held.name);
    return true;
  }

  /** The holder is gone. */
  giveAllOf(holder: Holder): void {
    for (const [slot, held] of this.#held) if (held.holder === holder) this.give(slot);
  }

  /** Slot and name of each in use. */
  *all(): Generator<readonly [slot: string, name: string]> {
    for (const [slot, { name }] of this.#held) yield [slot, name];
  }
}
