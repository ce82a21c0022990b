/** `GET /health` on the data port: for load balancers, without a key, cheap in every state. Memory is this process's, in bytes. */
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

export function dataHealth(source: HealthSource, response: ServerResponse): void {
  const status = source.draining ? 'draining' : source.inFlight >= source.slots ? 'overloaded' : 'ok';
  const memory = process.memoryUsage();
  const body = JSON.stringify({
    status,
    workers: source.cluster.workers,
    inFlight: Math.max(source.cluster.inFlight, source.inFlight),
    slots: { total: source.slots, free: Math.max(0, source.slots - source.inFlight) },
    memory: { rss: memory.rss, heapUsed: memory.heapUsed, external: memory.external },
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
