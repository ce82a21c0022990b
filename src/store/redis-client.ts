/** The one door to ioredis, set so that it fails at once instead of queueing: what to do then is `redis.ts`'s business. */
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { ChannelListener } from './channel-listener.js';
import { SCRIPTS, type ScriptName } from './lua/index.js';
import { parseRedisUrl, type RedisAddress, type RedisPlace } from './redis-url.js';

/** What a connection does for the store; every promise may reject. */
export interface RedisClient {
  /** Call a script by one key and its arguments: one round trip. */
  run(script: ScriptName, key: string, args: readonly (string | number)[]): Promise<unknown>;
  /** Write a hash whole, with a time to live in milliseconds. */
  putHash(key: string, fields: readonly string[], ttl: number): Promise<void>;
  /** Whether it takes writes: rejects when it is down, loading, read-only or out of memory. */
  probe(key: string): Promise<void>;
  /** Hear a channel; `onState` says whether it is being heard at this moment. */
  subscribe(channel: string, onMessage: (text: string) => void, onState: (heard: boolean) => void): void;
  /** Why there is no connection, in the network's words; undefined while there is one. */
  readonly fault: string | undefined;
  /** Called at every connection made, the first included. */
  onReady(listener: () => void): void;
  /** Give this connection up and make another. */
  reconnect(): void;
  close(): void;
}

type Scripted = Record<ScriptName, (key: string, ...args: (string | number)[]) => Promise<unknown>>;

const LONGEST_RECONNECT = 2_000;
/** Addresses of a cluster that are remembered beside those of the url, which may all be gone one day. */
const MOST_KNOWN_NODES = 32;

/** Jitter, so that a Redis which comes back is not met by every worker in the same millisecond. */
function reconnectDelay(times: number): number {
  const ceiling = Math.min(50 * 2 ** Math.min(times, 10), LONGEST_RECONNECT);
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}

const FAIL_FAST = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  connectTimeout: 2_000,
  disconnectTimeout: 500,
  // Answers after a role change: the connection leads to what is now a replica.
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
} satisfies RedisOptions;

/** `url` as in the configuration. Connects in the background and for ever; throws only on a wrong url. */
export function connectRedis(url: string): RedisClient {
  return new Connection(parseRedisUrl(url));
}

class Connection implements RedisClient {
  readonly #place: RedisPlace;
  readonly #readyListeners: (() => void)[] = [];
  readonly #channels: ChannelListener[] = [];
  readonly #knownNodes = new Map<string, RedisAddress>();
  fault: string | undefined;
  #main: Redis | Cluster;
  #again: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(place: RedisPlace) {
    this.#place = place;
    this.#main = this.#open();
  }

  run(script: ScriptName, key: string, args: readonly (string | number)[]): Promise<unknown> {
    return (this.#main as unknown as Scripted)[script](key, ...args);
  }

  async putHash(key: string, fields: readonly string[], ttl: number): Promise<void> {
    const replies = await this.#main
      .multi()
      .hset(key, ...fields)
      .pexpire(key, ttl)
      .exec();
    const failed = replies?.find(([error]) => error !== null)?.[0];
    if (failed) throw failed;
  }

  async probe(key: string): Promise<void> {
    await this.#main.set(key, '1', 'PX', 10_000);
  }

  subscribe(channel: string, onMessage: (text: string) => void, onState: (heard: boolean) => void): void {
    this.#channels.push(new ChannelListener(() => this.#openEar(), channel, { onMessage, onState }, reconnectDelay));
  }

  onReady(listener: () => void): void {
    this.#readyListeners.push(listener);
  }

  /**
   * A new client, not the old one told to connect again: that one may wait for a frozen node, and one that is told so while
   * it looks for a master which no sentinel names ends for good.
   */
  reconnect(): void {
    const old = this.#main;
    this.#main = this.#open();
    old.disconnect();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#again);
    for (const channel of this.#channels) channel.close();
    this.#main.disconnect();
  }

  #open(): Redis | Cluster {
    const client =
      this.#place.kind === 'cluster'
        ? openCluster(this.#place, [...this.#place.addresses, ...this.#knownNodes.values()])
        : new Redis({ ...optionsOf(this.#place), retryStrategy: reconnectDelay });
    // Without a listener an error ends the process; what it means is seen by whoever called.
    client.on('error', (error: Error & { lastNodeError?: Error }) => {
      this.fault = (error.lastNodeError ?? error).message;
    });
    client.on('ready', () => this.#ready(client));
    client.on('end', () => this.#ended(client));
    return client;
  }

  #ready(client: Redis | Cluster): void {
    if (client !== this.#main || this.#closed) return;
    this.fault = undefined;
    if (client instanceof Cluster) this.#knowNodes(client);
    for (const listener of this.#readyListeners) listener();
  }

  /** ioredis gives up in some ways of failing, whatever its options say. */
  #ended(client: Redis | Cluster): void {
    if (client !== this.#main || this.#closed) return;
    clearTimeout(this.#again);
    this.#again = setTimeout(() => client === this.#main && this.reconnect(), LONGEST_RECONNECT / 2).unref();
  }

  #knowNodes(cluster: Cluster): void {
    for (const { options } of cluster.nodes()) {
      const { host = '', port = 0 } = options;
      this.#knownNodes.set(`${host}:${port}`, { host, port });
    }
    for (const oldest of this.#knownNodes.keys()) {
      if (this.#knownNodes.size <= MOST_KNOWN_NODES) break;
      this.#knownNodes.delete(oldest);
    }
  }

  /** A message published anywhere in a cluster is heard at every node: any one will do, the next time another. */
  #openEar(): Redis | undefined {
    const place = this.#place;
    const options = place.kind === 'cluster' ? this.#anyNode() : optionsOf(place);
    if (options === undefined) return undefined;
    const ear = new Redis({ ...options, retryStrategy: null });
    ear.on('error', () => {});
    return ear;
  }

  #anyNode(): RedisOptions | undefined {
    if (!(this.#main instanceof Cluster)) return undefined;
    const nodes = this.#main.nodes();
    const options = nodes[Math.floor(Math.random() * nodes.length)]?.options;
    return options && { ...FAIL_FAST, ...loginOf(this.#place), host: options.host, port: options.port };
  }
}

/** Nothing is tried again later: a call that its request no longer waits for must not take a turn. */
function openCluster(place: RedisPlace, nodes: readonly RedisAddress[]): Cluster {
  const { enableOfflineQueue, ...redisOptions } = { ...FAIL_FAST, ...loginOf(place) };
  return new Cluster([...nodes], {
    scripts: scripts(),
    enableOfflineQueue,
    clusterRetryStrategy: reconnectDelay,
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    slotsRefreshTimeout: 500,
    // It would wait for a frozen node; whether the cluster serves is what the probe finds out.
    enableReadyCheck: false,
    redisOptions,
  });
}

function optionsOf(place: RedisPlace): RedisOptions {
  const common = { ...FAIL_FAST, ...loginOf(place), scripts: scripts(), db: place.db };
  if (place.kind === 'socket') return { ...common, path: place.path };
  if (place.kind === 'single') return { ...common, ...place.addresses[0] };
  // No failover detector: every sentinel tells of a failover, and the second would cut the connection that the first has
  // led to. That a master is gone is seen by its silence, by its closing and by READONLY.
  return {
    ...common,
    sentinels: [...place.addresses],
    name: place.master,
    sentinelRetryStrategy: reconnectDelay,
    sentinelCommandTimeout: 1_000,
    enableTLSForSentinelMode: place.tls,
    ...(place.tls && { sentinelTLS: {} }),
  };
}

function loginOf({ username, password, tls }: RedisPlace): RedisOptions {
  return { username, password, ...(tls && { tls: {} }) };
}

function scripts(): Record<string, { lua: string; numberOfKeys: number }> {
  return Object.fromEntries(Object.entries(SCRIPTS).map(([name, lua]) => [name, { lua, numberOfKeys: 1 }]));
}
