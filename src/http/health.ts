/** `GET /health` on the data port: for load balancers, without a key, cheap in every state. */
import type { ServerResponse } from 'node:http';
import type { ClusterState } from '../messages.js';

export interface HealthSource {
  readonly draining: boolean;
  readonly inFlight: number;
  readonly slots: number;
  /** What the primary last said of all workers. */
  readonly cluster: ClusterState;
  readonly storeDegraded: boolean;
}

const MEBIBYTE = 1024 * 1024;

export function dataHealth(source: HealthSource, response: ServerResponse): void {
  const status = source.draining ? 'draining' : source.inFlight >= source.slots ? 'overloaded' : 'ok';
  const memory = process.memoryUsage();
  const body = JSON.stringify({
    status,
    workers: source.cluster.workers,
    in_flight: Math.max(source.cluster.inFlight, source.inFlight),
    slots: { total: source.slots, free: Math.max(0, source.slots - source.inFlight) },
    memory: { rss_mb: toMebibytes(memory.rss), heap_used_mb: toMebibytes(memory.heapUsed) },
    store: source.storeDegraded ? 'degraded' : 'ok',
  });
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'content-length': String(body.length),
  };
  if (source.draining) headers.connection = 'close';
  if (status !== 'ok') headers['retry-after'] = '1';
  response.writeHead(status === 'ok' ? 200 : 503, headers);
  response.end(body);
}

function toMebibytes(bytes: number): number {
  return Math.round((bytes / MEBIBYTE) * 10) / 10;
}
