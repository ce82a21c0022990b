/** What the admin port may see of and ask from a running gateway: implements `ClusterView` of `admin/`, which the entry brings together. */
import type { GatewayConfig } from '../config.js';
import type { CredentialKey } from '../credential/types.js';
import type { MetricsJson } from '../metrics/metrics-json.js';
import type { AttemptRecord } from '../metrics/record.js';
import type { UsageTable } from '../metrics/usage-table.js';
import type { StoreHealth, StoreSnapshot } from '../store/store.js';
import type { Lifecycle, ReloadRecord } from './lifecycle.js';
import { primarySeries } from './primary-series.js';
import type { RunningGateway, ServingProcess } from './running-gateway.js';

/** Before the first report of a process. */
const SILENT = { inFlight: 0, connections: 0, requests: 0, utilization: 0, loopDelay: 0, rss: 0, heapUsed: 0, external: 0 };

export class GatewayView {
  readonly #lifecycle: Lifecycle;
  readonly #gateway: RunningGateway;

  constructor(lifecycle: Lifecycle, gateway: RunningGateway) {
    this.#lifecycle = lifecycle;
    this.#gateway = gateway;
  }

  get config(): GatewayConfig {
    return this.#lifecycle.config;
  }

  state(): 'starting' | 'ready' | 'draining' {
    return this.#lifecycle.state;
  }

  workers() {
    return this.#gateway.processes().map(rowOf);
  }

  storeHealth(): StoreHealth {
    return this.#gateway.store.health;
  }

  storeSnapshot(): Promise<StoreSnapshot> {
    return this.#gateway.store.snapshot();
  }

  async metrics(): Promise<MetricsJson[]> {
    const own = { worker: 'primary', series: primarySeries(this.#lifecycle, this.#gateway) };
    return [own, ...(await this.#gateway.metrics())];
  }

  usage(): Promise<UsageTable> {
    return this.#gateway.usage();
  }

  async attempts(): Promise<AttemptRecord[]> {
    return ((await this.#gateway.askAll('attempts')) as AttemptRecord[][]).flat();
  }

  pause(key: CredentialKey): Promise<void> {
    return this.#gateway.store.pause(key);
  }

  resume(key: CredentialKey): Promise<void> {
    return this.#gateway.store.resume(key);
  }

  /** Begins a roll; how it ends is logged and shows in the list of workers. */
  rollingRestart(): { readonly started: boolean; readonly reason?: string } {
    const state = this.state();
    if (state !== 'ready') return { started: false, reason: `the gateway is ${state}` };
    if (this.config.server.workers === 0) return { started: false, reason: 'a single process has no workers to replace' };
    void this.#lifecycle.restart();
    return { started: true };
  }

  reload(): Promise<ReloadRecord> {
    return this.#lifecycle.reload();
  }

  async collectGarbage(): Promise<void> {
    await this.#gateway.askAll('collect-garbage');
  }
}

function rowOf({ id, pid, generation, state, age, restarts, stats }: ServingProcess) {
  return { id, pid, generation, state, restarts, uptime: age, ...SILENT, ...stats };
}
