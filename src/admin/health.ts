/** What `/health` and `/ready` say. Pure. */
import type { ClusterView, WorkerRow } from './cluster-view.js';

export interface HealthReport {
  readonly status: 'ok' | 'starting' | 'overloaded' | 'draining';
  readonly workers: { readonly wanted: number; readonly ready: number };
  readonly inFlight: number;
  readonly slots: { readonly total: number; readonly free: number };
  /** Bytes, over all workers. */
  readonly memory: { readonly rss: number; readonly heapUsed: number; readonly external: number };
  readonly store: { readonly kind: string; readonly degraded: boolean; readonly fallbacks: number };
}

type Facts = Pick<ClusterView, 'config' | 'state' | 'workers' | 'storeHealth'>;

/** Anything but `ok` is answered with 503. */
export function healthOf(cluster: Facts): HealthReport {
  const rows = cluster.workers();
  const ready = rows.filter((row) => row.state === 'ready').length;
  const inFlight = sum(rows, 'inFlight');
  const total = cluster.config.server.maxInFlight;
  return {
    status: statusOf(cluster.state(), ready, inFlight >= total),
    workers: { wanted: wantedWorkers(cluster), ready },
    inFlight,
    slots: { total, free: Math.max(0, total - inFlight) },
    memory: { rss: sum(rows, 'rss'), heapUsed: sum(rows, 'heapUsed'), external: sum(rows, 'external') },
    store: { ...cluster.storeHealth() },
  };
}

/** What is not ready; empty when everything is. */
export function missingParts(cluster: Facts): string[] {
  const { status, workers } = healthOf(cluster);
  const missing: string[] = [];
  if (status === 'draining') missing.push('the gateway is draining');
  if (workers.ready < workers.wanted) missing.push(`${workers.ready} of ${workers.wanted} workers serve`);
  if (cluster.state() === 'starting') missing.push('the gateway is starting');
  return missing;
}

/** One process serves when the configuration asks for no workers. */
export function wantedWorkers(cluster: Pick<ClusterView, 'config'>): number {
  return Math.max(1, cluster.config.server.workers);
}

export function sum<Key extends 'inFlight' | 'rss' | 'heapUsed' | 'external' | 'connections'>(
  rows: readonly WorkerRow[],
  key: Key,
): number {
  return rows.reduce((total, row) => total + row[key], 0);
}

function statusOf(state: ReturnType<ClusterView['state']>, ready: number, full: boolean): HealthReport['status'] {
  if (state === 'draining') return 'draining';
  if (ready === 0) return 'starting';
  return full ? 'overloaded' : 'ok';
}
