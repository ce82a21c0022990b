/** Users that have no request under way, the one that waited longest first. A ring of numbers: nothing is allocated after the start. */
export class FreeUsers {
  readonly #ring: Int32Array;
  #first = 0;
  #count = 0;

  /** Places 0 to `places` − 1, all free. */
  constructor(places: number) {
    this.#ring = Int32Array.from({ length: places }, (_, place) => place);
    this.#count = places;
  }

  /** The place of a free user; undefined when all are busy. */
  take(): number | undefined {
    if (this.#count === 0) return undefined;
    const place = this.#ring[this.#first];
    this.#first = (this.#first + 1) % this.#ring.length;
    this.#count--;
    return place;
  }

  give(place: number): void {
    this.#ring[(this.#first + this.#count) % this.#ring.length] = place;
    this.#count++;
  }
}
