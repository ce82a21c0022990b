/** Opens the admin port. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AdminConfig } from '../config.js';
import { getRequestListener } from '../http/hono.js';
import { log } from '../log.js';
import { createAdminApp } from './app.js';
import type { ClusterView } from './cluster-view.js';
import { LiveFeed } from './live-feed.js';

/** Scrapers and a few pages: more than this is a mistake or an attack. */
const MOST_CONNECTIONS = 256;
const REQUEST_TIMEOUT = 10_000;

export interface AdminOptions {
  /** Where to listen; host and port do not change at a reload. */
  readonly config: AdminConfig;
  readonly cluster: ClusterView;
  readonly version: string;
}

export interface AdminServer {
  readonly port: number;
  /** Ends pages and scrapes at once; resolves when the port is free. */
  close(): Promise<void>;
}

/** Rejects when the port cannot be had. */
export async function startAdmin(options: AdminOptions): Promise<AdminServer> {
  const { config, cluster, version } = options;
  const feed = new LiveFeed({ cluster, version, startedAt: Date.now() - process.uptime() * 1000 });
  const app = createAdminApp({ cluster, feed, host: config.host, onFault: (error) => log.error({ err: error }, 'admin port') });
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT }, (request, response) => void listener(request, response));
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(config.port, config.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, close: () => close(server, feed) };
}

async function close(server: Server, feed: LiveFeed): Promise<void> {
  feed.close();
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
