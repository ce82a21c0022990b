/**
 * The conventional gateway, to compare with: Hono, the global fetch, the upstream's body returned as it is, one process.
 * It stands for how the published Node column was made, with the same features as the Go reference.
 */
import { parseArgs } from 'node:util';
import { serve } from '@hono/node-server';
import { createApp } from './app.js';
import { Rotation } from './rotation.js';

const SESSION_TTL_MS = 3_600_000;
const MAX_SESSIONS = 1_000_000;

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
    upstream: { type: 'string', default: '' },
    credentials: { type: 'string', default: '500' },
    prefix: { type: 'string', default: 'sk-load-' },
    'client-key': { type: 'string', default: '' },
  },
});
const count = Number(values.credentials);
if (!URL.canParse(values.upstream) || !(count >= 1) || !values['client-key']) {
  console.error('--upstream must be a URL, --credentials at least 1, and --client-key must not be empty');
  process.exit(78);
}
const credentials = Array.from({ length: count }, (_, index) => `${values.prefix}${index + 1}`);
const rotation = new Rotation(credentials, { ttlMs: SESSION_TTL_MS, maxSessions: MAX_SESSIONS });
const app = createApp({ upstream: values.upstream.replace(/\/$/, ''), clientKey: values['client-key'], rotation });

const server = serve({ fetch: app.fetch, hostname: values.host, port: Number(values.port) }, ({ port }) => {
  console.log(`conventional gateway is ready on http://${values.host}:${port} (${count} credentials, one process)`);
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => server.close(() => process.exit(0)));
