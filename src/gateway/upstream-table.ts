/** The connections of every configured upstream. Made anew with each configuration; pools whose origin stays are kept. */
import type { CredentialConfig, GatewayConfig, UpstreamConfig } from '../config.js';
import { createUpstream } from '../upstream/index.js';
import type { Upstream } from '../upstream/upstream.js';

export interface UpstreamEntry {
  readonly config: UpstreamConfig;
  readonly connection: Upstream;
  /** The base URL's own path, in front of every request's. */
  readonly basePath: string;
  readonly credentials: ReadonlyMap<string, CredentialConfig>;
}

export class UpstreamTable {
  #pools = new Map<string, Upstream>();
  #entries = new Map<string, UpstreamEntry>();

  configure(config: GatewayConfig): void {
    const pools = new Map<string, Upstream>();
    this.#entries = new Map(
      config.upstreams.map((upstream) => [upstream.name, this.#entry(upstream, config.timeouts.connect, pools)]),
    );
    for (const [key, pool] of this.#pools) if (!pools.has(key)) void pool.close();
    this.#pools = pools;
  }

  get(name: string): UpstreamEntry | undefined {
    return this.#entries.get(name);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }

  #entry(config: UpstreamConfig, connectTimeout: number, pools: Map<string, Upstream>): UpstreamEntry {
    const url = new URL(config.baseUrl);
    const key = `${url.origin} ${config.transport} ${connectTimeout}`;
    const connection = pools.get(key) ?? this.#pools.get(key) ?? createUpstream(url.origin, config.transport, { connectTimeout });
    pools.set(key, connection);
    const basePath = url.pathname.replace(/\/+$/, '');
    return {
      config,
      connection,
      basePath,
      credentials: new Map(config.credentials.map((credential) => [credential.id, credential])),
    };
  }
}
