/** The connections of every configured upstream. Made anew with each configuration; pools whose origin stays are kept. */
import type { CredentialConfig, GatewayConfig, UpstreamConfig } from '../config.js';
import { createUpstream } from '../upstream/index.js';
import { withoutEndSlashes } from '../upstream/path-end.js';
import type { Upstream } from '../upstream/upstream.js';
import { Offers } from './offers.js';

export interface UpstreamEntry {
  readonly config: UpstreamConfig;
  readonly connection: Upstream;
  /** The base URL's own path, in front of every request's. */
  readonly basePath: string;
  readonly credentials: ReadonlyMap<string, CredentialConfig>;
  readonly offers: Offers;
  /** Whether any of its credentials takes only so many requests at a time. */
  readonly isCapped: boolean;
}

export class UpstreamTable {
  #pools = new Map<string, Upstream>();
  #entries = new Map<string, UpstreamEntry>();
  /** By base URL: what was learned outlives a reload. */
  readonly #offers = new Map<string, Offers>();

  configure(config: GatewayConfig): void {
    const pools = new Map<string, Upstream>();
    this.#entries = new Map(
      config.upstreams.map((upstream) => [upstream.name, this.#entry(upstream, config.timeouts.connect, pools)]),
    );
    for (const [key, pool] of this.#pools) if (!pools.has(key)) void pool.close();
    const staying = new Set(config.upstreams.map(({ baseUrl }) => baseUrl));
    for (const baseUrl of this.#offers.keys()) if (!staying.has(baseUrl)) this.#offers.delete(baseUrl);
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
    const offers = this.#offers.get(config.baseUrl) ?? new Offers();
    this.#offers.set(config.baseUrl, offers);
    const basePath = withoutEndSlashes(url.pathname);
    return {
      config,
      connection,
      basePath,
      offers,
      isCapped: config.credentials.some(({ concurrency }) => concurrency !== undefined),
      credentials: new Map(config.credentials.map((credential) => [credential.id, credential])),
    };
  }
}
