/** The gateway without workers: the same service in this process, the baseline to compare a cluster with. */
import type { GatewayConfig } from '../config.js';
import type { Inquiry, WorkerStats } from '../messages.js';
import type { MetricsJson } from '../metrics/metrics-json.js';
import type { UsageTable } from '../metrics/usage-table.js';
import type { Store } from '../store/store.js';
import type { RollOutcome } from './rolling-restart.js';
import type { RunningGateway, ServingProcess } from './running-gateway.js';

/** What serves HTTP, in a worker as here. */
export interface Service {
  readonly port: number;
  configure(config: GatewayConfig, generation: number): void;
  stats(): WorkerStats;
  answer(inquiry: Inquiry): Promise<unknown>;
  /** Stop accepting, finish what runs within `deadline`, keep idle connections for `linger`; milliseconds. */
  drain(deadline: number, linger: number): Promise<void>;
}

export class SingleProcess implements RunningGateway {
  readonly restarts = 0;
  readonly store: Store;
  readonly #start: () => Promise<Service>;
  readonly #startedAt = performance.now();
  #config: GatewayConfig;
  #service: Service | undefined;
  #draining = false;
  #generation = 1;

  /** The service that `start` brings up works on this store. */
  constructor(config: GatewayConfig, store: Store, start: () => Promise<Service>) {
    this.#config = config;
    this.store = store;
    this.#start = start;
  }

  async start(): Promise<void> {
    this.#service = await this.#start();
  }

  configure(config: GatewayConfig, generation: number): void {
    this.#config = config;
    this.#generation = generation;
    this.store.configure(config);
    this.#service?.configure(config, generation);
  }

  async roll(): Promise<RollOutcome> {
    return { ok: false, replaced: 0, reason: 'a single process has no workers to replace' };
  }

  async stop(): Promise<void> {
    this.#draining = true;
    await this.#service?.drain(this.#config.server.drain, 0);
    await this.store.close();
  }

  /** What runs ends with the process. */
  kill(): void {
    this.#draining = true;
  }

  get readyCount(): number {
    return this.#service && !this.#draining ? 1 : 0;
  }

  get inFlight(): number {
    return this.#service?.stats().inFlight ?? 0;
  }

  processes(): readonly ServingProcess[] {
    const state = this.#draining ? 'leaving' : this.#service ? 'ready' : 'starting';
    const age = performance.now() - this.#startedAt;
    return [{ id: 0, pid: process.pid, generation: this.#generation, restarts: 0, state, age, stats: this.#service?.stats() }];
  }

  async metrics(): Promise<MetricsJson[]> {
    return (await this.askAll('metrics')) as MetricsJson[];
  }

  async usage(): Promise<UsageTable> {
    const own = ((await this.#service?.answer('usage')) ?? []) as UsageTable;
    return (await this.store.keptUsage()) ?? own;
  }

  async askAll(inquiry: Inquiry): Promise<unknown[]> {
    return this.#service ? [await this.#service.answer(inquiry)] : [];
  }
}
