/** What serves requests, as signals and the admin port see it: a cluster of workers or a single process. */
import type { GatewayConfig } from '../config.js';
import type { Inquiry, WorkerStats } from '../messages.js';
import type { MetricsJson } from '../metrics/metrics-json.js';
import type { UsageTable } from '../metrics/usage-table.js';
import type { Store } from '../store/store.js';
import type { RollOutcome } from './rolling-restart.js';

/** A process that serves, for the admin pages. */
export interface ServingProcess {
  readonly id: number;
  readonly pid: number;
  /** The configuration it runs on. */
  readonly generation: number;
  /** Times a worker in its place died and was replaced. */
  readonly restarts: number;
  readonly state: 'starting' | 'ready' | 'leaving';
  /** Milliseconds since it was started. */
  readonly age: number;
  readonly stats?: WorkerStats;
}

export interface RunningGateway {
  /** Resolves when all serve. */
  start(): Promise<void>;
  configure(config: GatewayConfig, generation: number): void;
  /** Replace every worker without a gap. */
  roll(): Promise<RollOutcome>;
  /** Finish what runs within `server.drain`; resolves when nothing runs. */
  stop(): Promise<void>;
  /** End all at once. */
  kill(): void;
  processes(): readonly ServingProcess[];
  /** Those that take new requests. */
  readonly readyCount: number;
  readonly inFlight: number;
  /** Workers that died and were replaced since start. */
  readonly restarts: number;
  readonly store: Pick<Store, 'pause' | 'resume' | 'snapshot' | 'health'>;
  metrics(): Promise<MetricsJson[]>;
  usage(): Promise<UsageTable>;
  /** What each process answers; those that do not answer in time are left out. */
  askAll(inquiry: Inquiry): Promise<unknown[]>;
}
