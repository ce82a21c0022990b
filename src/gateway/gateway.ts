/** One worker's gateway: the configuration of now, what all requests share, and which requests are running. */
import type { GatewayConfig } from '../config.js';
import { GatewayError } from '../errors.js';
import type { Metrics } from '../metrics/metrics.js';
import type { Store } from '../store/store.js';
import type { OffLoop } from '../threads/piscina-pool.js';
import { Deadlines } from './deadlines.js';
import type { GatewayParts } from './gateway-parts.js';
import type { RequestRun } from './request-run.js';
import { RetryBudget } from './retry-budget.js';
import { createSnapshot, type Snapshot } from './snapshot.js';
import { UpstreamTable } from './upstream-table.js';

/** What a refused client may wait before it tries again, milliseconds. */
const OVERLOAD_RETRY_AFTER = 1_000;

export class Gateway {
  readonly parts: GatewayParts;
  snapshot: Snapshot;
  readonly #upstreams = new UpstreamTable();
  readonly #budget: RetryBudget;
  readonly #running = new Set<RequestRun>();

  constructor(config: GatewayConfig, store: Store, metrics: Metrics, threads?: OffLoop) {
    this.snapshot = createSnapshot(config);
    this.#upstreams.configure(config);
    this.#budget = new RetryBudget(config.retry.budgetPercent, performance.now());
    this.parts = { store, metrics, upstreams: this.#upstreams, deadlines: new Deadlines(), budget: this.#budget, threads };
    metrics.configure(config);
  }

  /** New requests see it at once; running ones end under the one they began with. */
  configure(config: GatewayConfig): void {
    this.snapshot = createSnapshot(config);
    this.#upstreams.configure(config);
    this.#budget.configure(config.retry.budgetPercent);
    this.parts.store.configure(config);
    this.parts.metrics.configure(config);
  }

  enter(run: RequestRun): void {
    this.#running.add(run);
    this.parts.metrics.tallies.inFlight = this.#running.size;
    this.parts.metrics.tallies.requests++;
  }

  leave(run: RequestRun): void {
    this.#running.delete(run);
    this.parts.metrics.tallies.inFlight = this.#running.size;
  }

  get inFlight(): number {
    return this.#running.size;
  }

  /** Bytes of answers that wait to go out. */
  get held(): number {
    let sum = 0;
    for (const run of this.#running) sum += run.held;
    return sum;
  }

  /** Requests that this worker takes at once: its part of the whole. */
  get slots(): number {
    const { maxInFlight, workers } = this.snapshot.config.server;
    return Math.ceil(maxInFlight / Math.max(1, workers));
  }

  /** Throws `overloaded` early and cheaply, before anything is read. */
  refuseIfFull(): void {
    if (this.#running.size > this.slots) {
      throw new GatewayError('overloaded', 'The gateway is at its limit of requests in flight.', {
        retryAfter: OVERLOAD_RETRY_AFTER,
      });
    }
  }

  /** Ends what still runs with an error that its clients can tell from an answer. */
  interruptAll(error: GatewayError): void {
    for (const run of this.#running) run.interrupt(error);
  }

  async close(): Promise<void> {
    await Promise.all([this.#upstreams.close(), this.parts.threads?.close()]);
  }
}
