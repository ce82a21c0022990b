/** From a file without faults to the configuration that the gateway runs on. */
import type { ClientConfig, GatewayConfig, ModelConfig, UpstreamConfig } from '../config.js';
import { bareHost, parseBaseUrl } from './base-url.js';
import { sha256 } from './checks.js';
import type { SourcedCredential } from './credentials.js';
import type { Overrides } from './overrides.js';
import type { ConfigFile } from './schema.js';

const SECOND = 1000;

export interface BuildInput {
  readonly file: ConfigFile;
  readonly credentials: readonly (readonly SourcedCredential[])[];
  readonly overrides: Overrides;
  /** Worker processes that `auto` stands for. */
  readonly parallelism: number;
}

/** The whole configuration, deeply frozen. */
export function buildConfig({ file, credentials, overrides, parallelism }: BuildInput): GatewayConfig {
  const { drainSeconds, heartbeatSeconds, ...server } = file.server;
  const workers = overrides.workers ?? server.workers;
  const upstreams = file.upstreams.map((upstream, index) => buildUpstream(upstream, credentials[index] ?? []));
  return deepFreeze({
    server: {
      ...server,
      host: bareHost(overrides.host ?? server.host),
      port: overrides.port ?? server.port,
      workers: workers === 'auto' ? parallelism : workers,
      drain: drainSeconds * SECOND,
      heartbeat: heartbeatSeconds * SECOND,
    },
    admin: { ...file.admin, host: bareHost(file.admin.host) },
    store: { ...file.store, url: overrides.storeUrl ?? file.store.url },
    sticky: { ...file.sticky, header: file.sticky.header.toLowerCase() },
    timeouts: file.timeouts,
    retry: file.retry,
    clients: file.clients.map(buildClient),
    upstreams,
    models: file.models ?? restOver(upstreams),
  });
}

function buildClient({ key, keyHash, ...client }: ConfigFile['clients'][number]): ClientConfig {
  return { ...client, keyHash: key === undefined ? (keyHash ?? '').toLowerCase() : sha256(key) };
}

function buildUpstream(upstream: ConfigFile['upstreams'][number], credentials: readonly SourcedCredential[]): UpstreamConfig {
  return {
    name: upstream.name,
    protocol: upstream.protocol,
    api: upstream.api ?? 'auto',
    transport: upstream.transport ?? 'socket',
    baseUrl: parseBaseUrl(upstream.baseUrl) ?? upstream.baseUrl,
    queue: upstream.queue,
    credentials: credentials.map(({ id, key, weight, concurrency = upstream.concurrency }) => ({
      ...{ id, key, weight },
      ...(concurrency !== undefined && { concurrency }),
    })),
  };
}

/** Without models: whatever is asked for goes to all upstreams in turn. */
function restOver(upstreams: readonly UpstreamConfig[]): readonly ModelConfig[] {
  if (upstreams.length === 0) return [];
  return [{ name: '*', targets: upstreams.map(({ name }) => ({ upstream: name, weight: 1, priority: 1 })) }];
}

/** Freeze a tree of plain values from the leaves up. */
export function deepFreeze<Tree>(tree: Tree): Tree {
  if (typeof tree === 'object' && tree !== null && !Object.isFrozen(tree)) {
    for (const value of Object.values(tree)) deepFreeze(value);
    Object.freeze(tree);
  }
  return tree;
}
