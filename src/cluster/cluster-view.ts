/** What the admin port may see of and ask from a running gateway; `admin/` says what it needs, this has it. */
import type { GatewayConfig } from '../config.js';
import type { CredentialKey } from '../credential/types.js';
import type { MetricsJson } from '../metrics/metrics-json.js';
import type { AttemptRecord } from '../metrics/record.js';
import type { UsageTable } from '../metrics/usage-table.js';
import type { StoreHealth, StoreSnapshot } from '../store/store.js';
import type { Lifecycle, ReloadRecord } from './lifecycle.js';
import { primarySeries } from './primary-series.js';
import type { RollOutcome } from './rolling-restart.js';
import type { RunningGateway, ServingProcess } from './running-gateway.js';

/** Attempts shown, over all workers. */
const NEWEST_ATTEMPTS = 500;

export class GatewayView {
  readonly #lifecycle: Lifecycle;
  readonly #gateway: RunningGateway;

  constructor(lifecycle: Lifecycle, gateway: RunningGateway) {
    this.#lifecycle = lifecycle;
    this.#gateway = gateway;
  }

  get state(): 'starting' | 'ready' | 'draining' {
    return this.#lifecycle.state;
  }

  get config(): GatewayConfig {
    return this.#lifecycle.config;
  }

  get generation(): number {
    return this.#lifecycle.generation;
  }

  get lastReload(): ReloadRecord | undefined {
    return this.#lifecycle.lastReload;
  }

  get readyCount(): number {
    return this.#gateway.readyCount;
  }

  get inFlight(): number {
    return this.#gateway.inFlight;
  }

  get restarts(): number {
    return this.#gateway.restarts;
  }

  get storeHealth(): StoreHealth {
    return this.#gateway.store.health;
  }

  processes(): readonly ServingProcess[] {
    return this.#gateway.processes();
  }

  async metrics(): Promise<MetricsJson[]> {
    const own = { worker: 'primary', series: primarySeries(this.#lifecycle, this.#gateway) };
    return [own, ...(await this.#gateway.metrics())];
  }

  usage(): Promise<UsageTable> {
    return this.#gateway.usage();
  }

  /** Newest first. */
  async attempts(): Promise<AttemptRecord[]> {
    const answers = (await this.#gateway.askAll('attempts')) as AttemptRecord[][];
    return answers
      .flat()
      .sort((a, b) => b.at - a.at)
      .slice(0, NEWEST_ATTEMPTS);
  }

  snapshot(): Promise<StoreSnapshot> {
    return this.#gateway.store.snapshot();
  }

  pause(key: CredentialKey): Promise<void> {
    return this.#gateway.store.pause(key);
  }

  resume(key: CredentialKey): Promise<void> {
    return this.#gateway.store.resume(key);
  }

  async collectGarbage(): Promise<void> {
    await this.#gateway.askAll('collect-garbage');
  }

  reload(): Promise<ReloadRecord> {
    return this.#lifecycle.reload();
  }

  restart(): Promise<RollOutcome> {
    return this.#lifecycle.restart();
  }
}
