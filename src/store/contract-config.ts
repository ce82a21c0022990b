/** Small configurations for the stores' tests. */
import type { GatewayConfig, UpstreamConfig } from '../config.js';

export interface ConfigWish {
  readonly weights?: readonly number[];
  readonly upstreams?: readonly UpstreamConfig[];
  readonly models?: GatewayConfig['models'];
  readonly ttl?: number;
  readonly maxSessions?: number;
  readonly store?: Partial<GatewayConfig['store']>;
  /** Cap of each credential of `u`. */
  readonly cap?: number;
  readonly clients?: GatewayConfig['clients'];
}

/** One upstream `u` with a credential for each weight, asked for as model `m`, unless wished otherwise. */
export function contractConfig(wish: ConfigWish = {}): GatewayConfig {
  return {
    server: {
      ...{ host: '127.0.0.1', port: 0, workers: 0, accept: 'spread', bodyLimit: 1, drain: 1, heartbeat: 0 },
      ...{ exposeAttempts: false, maxInFlight: 1, queue: { length: 1, age: 1 }, headersTimeout: 1, bodyTimeout: 1 },
      overload: { loopDelay: 1, heapPercent: 100 },
    },
    admin: { host: '127.0.0.1', port: 0 },
    // Long enough for a busy machine: what the suite asks is not speed.
    store: { prefix: 'tidegate', timeout: 2_000, limitsWhenAway: 'open', ...wish.store },
    sticky: { header: 'x-session-id', ttl: wish.ttl ?? 60_000, maxSessions: wish.maxSessions ?? 10_000, promptPrefix: true },
    timeouts: { connect: 1, headers: 1, firstToken: 1, idle: 1, total: 1 },
    retry: { attempts: 3, budgetPercent: 20 },
    clients: wish.clients ?? [],
    upstreams: wish.upstreams ?? [contractUpstream('u', wish.weights ?? [1, 1, 1, 1], wish.cap)],
    models: wish.models ?? [{ name: 'm', targets: [{ upstream: 'u', weight: 1, priority: 1 }] }],
  };
}

export function contractUpstream(name: string, weights: readonly number[], cap?: number): UpstreamConfig {
  const capped = cap === undefined ? {} : { concurrency: cap };
  const credentials = weights.map((weight, index) => ({ id: `k${index}`, key: `secret-${name}-${index}`, weight, ...capped }));
  return { name, protocol: 'openai', api: 'chat', transport: 'socket', baseUrl: 'http://127.0.0.1:1', credentials };
}
