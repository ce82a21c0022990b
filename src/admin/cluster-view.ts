/** What the admin port shows and does, as the primary offers it: a cluster of workers or a single process. Types only. */
import type { GatewayConfig } from '../config.js';
import type { CredentialKey } from '../credential/types.js';
import type { WorkerStats } from '../messages.js';
import type { MetricsJson } from '../metrics/metrics-json.js';
import type { AttemptRecord } from '../metrics/record.js';
import type { UsageTable } from '../metrics/usage-table.js';
import type { StoreHealth, StoreSnapshot } from '../store/store.js';

/** One serving process as of its last report. */
export interface WorkerRow extends Omit<WorkerStats, 'draining' | 'storeDegraded'> {
  readonly id: number;
  readonly pid: number;
  /** The configuration it runs on. */
  readonly generation: number;
  readonly state: 'starting' | 'ready' | 'leaving';
  /** Milliseconds since it was started. */
  readonly uptime: number;
  /** Times a worker in this place died and was replaced. */
  readonly restarts: number;
}

export interface ReloadResult {
  readonly ok: boolean;
  /** Why the new configuration was refused; the old one stays in use. */
  readonly faults?: readonly string[];
}

export interface RestartResult {
  readonly started: boolean;
  /** Why not. */
  readonly reason?: string;
}

/** The read methods are asked often, from every open page: they must be cheap. */
export interface ClusterView {
  /** The configuration in use now. */
  readonly config: GatewayConfig;
  state(): 'starting' | 'ready' | 'draining';
  workers(): readonly WorkerRow[];
  storeHealth(): StoreHealth;
  storeSnapshot(): Promise<StoreSnapshot>;
  /** Live processes and the sum of the departed. */
  metrics(): Promise<readonly MetricsJson[]>;
  /** Over all workers, departed ones included. */
  usage(): Promise<UsageTable>;
  /** Of all workers, in any order. */
  attempts(): Promise<readonly AttemptRecord[]>;
  pause(key: CredentialKey): Promise<void>;
  resume(key: CredentialKey): Promise<void>;
  /** Begins to replace the workers one after another; does not wait for the end. */
  rollingRestart(): RestartResult;
  reload(): Promise<ReloadResult>;
  /** Run the garbage collector in every process that exposes it. */
  collectGarbage(): Promise<void>;
}
