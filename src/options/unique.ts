/** Values that may occur only once. */
import type { FaultList } from './fault.js';

/** Tells each later owner of a value where the first is; the value itself is not told. */
export class UniqueValues {
  readonly #first = new Map<string, string>();
  readonly #faults: FaultList;
  readonly #what: string;

  constructor(what: string, faults: FaultList) {
    this.#what = what;
    this.#faults = faults;
  }

  /** Values that are missing are someone else's finding. `field` is put behind the path where it is told: of hundreds of thousands none is. */
  add(value: string | undefined, path: string, field = ''): void {
    if (value === undefined || value === '') return;
    const first = this.#first.get(value);
    if (first === undefined) this.#first.set(value, path);
    else this.#faults.add(path + field, `is the same ${this.#what} as ${first}${field}: each may occur once`);
  }
}
