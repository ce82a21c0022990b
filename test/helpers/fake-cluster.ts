import type { ClusterView, WorkerRow } from '../../src/admin/cluster-view.js';
import type { GatewayConfig } from '../../src/config.js';
import type { CredentialKey, RestReason } from '../../src/credential/types.js';
import { createMetrics, type Metrics } from '../../src/metrics/metrics.js';
import type { StoreSnapshot } from '../../src/store/store.js';
import { sampleConfig } from './sample-config.js';

const MB = 1024 * 1024;

export function workerRow(changes: Partial<WorkerRow> = {}): WorkerRow {
  return {
    id: 1,
    pid: 4001,
    generation: 1,
    state: 'ready',
    inFlight: 3,
    connections: 9,
    requests: 1200,
    utilization: 0.31,
    loopDelay: 1.7,
    rss: 61 * MB,
    heapUsed: 18 * MB,
    external: 4 * MB,
    uptime: 3_600_000,
    restarts: 0,
    ...changes,
  };
}

/** A cluster of real shapes that a test turns as it likes, and that remembers what was asked of it. */
export class FakeCluster implements ClusterView {
  config: GatewayConfig;
  phase: 'starting' | 'ready' | 'draining' = 'ready';
  rows: WorkerRow[] = [workerRow(), workerRow({ id: 2, pid: 4002 })];
  restart: { started: boolean; reason?: string } = { started: true };
  reloaded: { ok: boolean; faults?: string[] } = { ok: true };
  readonly asked: string[] = [];
  readonly counting: Metrics;
  readonly paused = new Set<string>();
  readonly rests = new Map<string, { model: string; reason: RestReason; remaining: number; trial: boolean }>();

  constructor(config: GatewayConfig = sampleConfig()) {
    this.config = config;
    this.counting = createMetrics({ worker: '1' });
    this.counting.configure(config);
  }

  state() {
    return this.phase;
  }
  workers() {
    return this.rows;
  }
  storeHealth() {
    return { kind: 'embedded' as const, degraded: false, fallbacks: 0 };
  }
  async storeSnapshot(): Promise<StoreSnapshot> {
    const credentials = this.config.upstreams.flatMap(({ name, credentials: own }) =>
      own.map(({ id, weight }, index) => {
        const rest = this.rests.get(`${name}/${id}`);
        return {
          upstream: name,
          credential: id,
          weight,
          paused: this.paused.has(`${name}/${id}`),
          picks: 100 + ((index * 37) % 23),
          rests: rest ? [rest] : [],
        };
      }),
    );
    return {
      credentials,
      sessions: {
        count: 1284,
        newest: [{ session: 'a1b2c3d4e5f60718', upstream: 'main', credential: 'k1', remaining: 3_590_000 }],
      },
      clients: [],
    };
  }
  async metrics() {
    return [this.counting.snapshot()];
  }
  async usage() {
    return this.counting.usage();
  }
  async attempts() {
    return this.counting.recentAttempts();
  }
  async pause(key: CredentialKey) {
    this.asked.push(`pause ${key}`);
    this.paused.add(key);
  }
  async resume(key: CredentialKey) {
    this.asked.push(`resume ${key}`);
    this.paused.delete(key);
  }
  rollingRestart() {
    this.asked.push('restart');
    return this.restart;
  }
  async reload() {
    this.asked.push('reload');
    return this.reloaded;
  }
  async collectGarbage() {
    this.asked.push('collect garbage');
  }
}
