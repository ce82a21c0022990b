/** The configuration as it may be shown: names and figures, no key, no hash, no password in a URL. Pure. */
import type { GatewayConfig } from '../config.js';

export function configView(config: GatewayConfig) {
  const { server, sticky, timeouts, retry, models } = config;
  return {
    server,
    admin: { host: config.admin.host, port: config.admin.port, protected: config.admin.key !== undefined },
    store: { kind: config.store.url === undefined ? 'embedded' : 'redis', timeout: config.store.timeout },
    sticky,
    timeouts,
    retry,
    clients: config.clients.map(({ keyHash: _, ...shown }) => shown),
    upstreams: config.upstreams.map(({ name, protocol, api, baseUrl, credentials }) => ({
      name,
      protocol,
      api,
      baseUrl: withoutSecrets(baseUrl),
      credentials: credentials.map(({ id, weight }) => ({ id, weight })),
    })),
    models,
  };
}

/** Without user, password and query, each of which may hold a key. */
function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) return '';
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/$/, '');
}
