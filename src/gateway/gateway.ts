/** One worker's gateway: the configuration of now, what all requests share, and which requests are running. */
import type { GatewayConfig } from '../config.js';
import { AttemptCounts } from '../credential/attempt-counts.js';
import { GatewayError } from '../errors.js';
import { log } from '../log.js';
import type { Metrics } from '../metrics/metrics.js';
import type { Store } from '../store/store.js';
import type { OffLoop } from '../threads/piscina-pool.js';
import type { ClientExchange } from './client-exchange.js';
import { CredentialQueue } from './credential-queue.js';
import { Deadlines } from './deadlines.js';
import type { GatewayParts } from './gateway-parts.js';
import { KeptUsage } from './kept-usage.js';
import { type Monitor, Places } from './places.js';
import type { RequestRun } from './request-run.js';
import { createSnapshot, type Snapshot } from './snapshot.js';
import { UpstreamTable } from './upstream-table.js';

export class Gateway {
  readonly parts: GatewayParts;
  snapshot: Snapshot;
  readonly #upstreams = new UpstreamTable();
  readonly #running = new Set<RequestRun>();
  #answeredAt = 0;
  /** Absent where the store forgets with its process. */
  readonly #keptUsage: KeptUsage | undefined;
  readonly #places: Places;

  constructor(config: GatewayConfig, store: Store, metrics: Metrics, threads?: OffLoop, monitor?: Monitor) {
    this.snapshot = createSnapshot(config);
    this.#upstreams.configure(config);
    const deadlines = new Deadlines();
    this.#places = new Places(() => this.snapshot.config.server, metrics.tallies, deadlines, monitor);
    deadlines.onLook = (late, now) => void (this.#places.look(late, now) && this.#cutLargest());
    const queue = new CredentialQueue(metrics.tallies, () => isShared(this.snapshot.config));
    this.parts = { store, metrics, upstreams: this.#upstreams, deadlines, attempts: new AttemptCounts(), queue, threads };
    metrics.configure(config);
    if (config.store.url !== undefined) this.#keptUsage = new KeptUsage(metrics, store);
  }

  /** New requests see it at once; running ones end under the one they began with. */
  configure(config: GatewayConfig): void {
    this.snapshot = createSnapshot(config);
    this.#upstreams.configure(config);
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
    this.#answeredAt = performance.now();
    this.#places.give(run);
    this.parts.metrics.tallies.inFlight = this.#running.size;
  }

  /** When the newest end of a request was, on `performance.now()`'s clock. */
  get answeredAt(): number {
    return this.#answeredAt;
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

  /** Requests that this worker serves at once: its part of the whole. */
  get slots(): number {
    return this.#places.slots;
  }

  /** Whether it is so hard pressed that connections should end behind their answers. */
  get isClosing(): boolean {
    return this.#places.closing;
  }

  /** A place among those served at once; nothing is returned where one is free. Rejects early and cheaply, before anything is read. */
  takePlace(run: RequestRun, client: ClientExchange, name: string): Promise<void> | undefined {
    return this.#places.take(run, client, name);
  }

  /** Ends what still runs with an error that its clients can tell from an answer. */
  interruptAll(error: GatewayError): void {
    for (const run of this.#running) run.interrupt(error);
    this.#places.close(error);
  }

  /** The heap is nearly full, and what fills it is dead with the process: one is ended for the others. */
  #cutLargest(): void {
    let largest: RequestRun | undefined;
    for (const run of this.#running) if (run.weight > (largest?.weight ?? 0)) largest = run;
    if (largest === undefined) return;
    log.error(
      { bytes: largest.weight, running: this.#running.size },
      'the heap is nearly full: the request that holds most is ended',
    );
    largest.interrupt(new GatewayError('overloaded', 'The gateway is out of memory for this request.', { retryAfter: 1_000 }));
  }

  /** Until what was used by now is kept, where it is kept at all. */
  async flushUsage(): Promise<void> {
    await this.#keptUsage?.flush();
  }

  async close(): Promise<void> {
    await Promise.all([this.#upstreams.close(), this.parts.threads?.close(), this.#keptUsage?.close()]);
  }
}

/** Whether other processes use the same credentials. */
function isShared({ server, store }: GatewayConfig): boolean {
  return server.workers > 1 || store.url !== undefined;
}
