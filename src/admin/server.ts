/** Opens the admin port. What answers there is loaded with the first request, not while the workers start. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AdminConfig } from '../config.js';
import { log } from '../log.js';
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
  const onFault = (error: Error): void => log.error({ err: error }, 'admin port');
  const listener = loadedOnce(async () => {
    const { createAdminListener } = await import('./app.js');
    return createAdminListener({ cluster, feed, host: config.host, onFault });
  }, onFault);
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT }, listener);
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(config.port, config.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, close: () => close(server, feed) };
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Requests wait until the listener is there; a load that fails is tried again by the next. */
function loadedOnce(load: () => Promise<Listener>, onFault: (error: Error) => void): Listener {
  let loading: Promise<Listener> | undefined;
  return (request, response) => {
    loading ??= load();
    loading
      .then((listener) => listener(request, response))
      .catch((error: Error) => {
        loading = undefined;
        onFault(error);
        response.destroy();
      });
  };
}

async function close(server: Server, feed: LiveFeed): Promise<void> {
  feed.close();
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
