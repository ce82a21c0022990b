/**
 * Usage on its way to where it outlives this process: added up here, told once a second, told again until it is heard. Each
 * batch has a number, so that one that was heard without an answer is not counted twice.
 */
import type { Metrics } from '../metrics/metrics.js';
import type { Store } from '../store/store.js';
import type { UsageTable } from '../usage.js';

const TOLD_EVERY = 1_000;

export class KeptUsage {
  readonly #metrics: Metrics;
  readonly #store: Store;
  readonly #timer: NodeJS.Timeout;
  #batch: UsageTable = [];
  #number = 0;
  #telling: Promise<void> = Promise.resolve();

  constructor(metrics: Metrics, store: Store) {
    this.#metrics = metrics;
    this.#store = store;
    metrics.takeUsage();
    this.#timer = setInterval(() => void this.flush(), TOLD_EVERY).unref();
  }

  /** Resolves when what was used by now has been told once, whether it was heard or not. */
  flush(): Promise<void> {
    this.#telling = this.#telling.then(() => this.#tell());
    return this.#telling;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async #tell(): Promise<void> {
    // What was not heard goes first, alone: it must be the very same batch.
    if (this.#batch.length > 0 && !(await this.#told())) return;
    this.#batch = this.#metrics.takeUsage();
    if (this.#batch.length === 0) return;
    this.#number++;
    await this.#told();
  }

  async #told(): Promise<boolean> {
    if (!(await this.#store.addUsage(this.#batch, this.#number))) return false;
    this.#batch = [];
    return true;
  }
}
