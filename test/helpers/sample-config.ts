import type { GatewayConfig } from '../../src/config.js';

/** A whole configuration with small figures; hand in what a test is about. */
export function sampleConfig(changes: Partial<GatewayConfig> = {}): GatewayConfig {
  return {
    server: {
      host: '127.0.0.1',
      port: 0,
      workers: 2,
      accept: 'spread',
      bodyLimit: 1e6,
      drain: 1000,
      heartbeat: 0,
      exposeAttempts: true,
      maxInFlight: 1000,
      queue: { length: 100, age: 1000 },
      overload: { loopDelay: 1000, heapPercent: 90 },
      headersTimeout: 1000,
      bodyTimeout: 1000,
    },
    admin: { host: '127.0.0.1', port: 0 },
    store: { prefix: 'tidegate', timeout: 100, limitsWhenAway: 'open' },
    sticky: { header: 'x-session-id', ttl: 3_600_000, maxSessions: 1000, promptPrefix: true },
    timeouts: { connect: 1000, headers: 1000, firstToken: 1000, idle: 1000, total: 10_000 },
    retry: { attempts: 3, budgetPercent: 20 },
    clients: [{ name: 'app', keyHash: 'ab'.repeat(32), models: ['*'] }],
    upstreams: [
      {
        name: 'main',
        protocol: 'openai',
        api: 'auto',
        transport: 'socket',
        baseUrl: 'http://127.0.0.1:9001',
        credentials: [
          { id: 'k1', key: 'sk-secret-canary-one', weight: 1 },
          { id: 'k2', key: 'sk-secret-canary-two', weight: 3 },
        ],
      },
    ],
    models: [{ name: 'gpt-4o', targets: [{ upstream: 'main', weight: 1, priority: 1 }], price: { input: 2, output: 10 } }],
    ...changes,
  };
}
