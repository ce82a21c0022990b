/** The one door to ioredis, set so that it fails at once instead of queueing: what to do then is `redis.ts`'s business. */
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { SCRIPTS, type ScriptName } from './lua/index.js';
import { parseRedisUrl, type RedisPlace } from './redis-url.js';

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
  /** Called at every connection made, the first included. */
  onReady(listener: () => void): void;
  /** Give this connection up and make another. */
  reconnect(): void;
  close(): void;
}

type Scripted = Record<ScriptName, (key: string, ...args: (string | number)[]) => Promise<unknown>>;

const LONGEST_RECONNECT = 2_000;

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
  // Answers after a role change: the connection leads to what is now a replica.
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
} satisfies RedisOptions;

/** `url` as in the configuration. Connects in the background and for ever; throws only on a wrong url. */
export function connectRedis(url: string): RedisClient {
  const place = parseRedisUrl(url);
  const main = open(place);
  const listeners: (Redis | Cluster)[] = [main];
  return {
    run: (script, key, args) => (main as unknown as Scripted)[script](key, ...args),
    putHash: async (key, fields, ttl) => {
      const replies = await main
        .multi()
        .hset(key, ...fields)
        .pexpire(key, ttl)
        .exec();
      const failed = replies?.find(([error]) => error !== null)?.[0];
      if (failed) throw failed;
    },
    probe: async (key) => {
      await main.set(key, '1', 'PX', 10_000);
    },
    subscribe: (channel, onMessage, onState) => {
      listeners.push(listen(open(place), channel, onMessage, onState));
    },
    onReady: (listener) => {
      main.on('ready', listener);
    },
    reconnect: () => main.disconnect(true),
    close: () => {
      for (const client of listeners) client.disconnect();
    },
  };
}

function listen(
  client: Redis | Cluster,
  channel: string,
  onMessage: (text: string) => void,
  onState: (heard: boolean) => void,
): Redis | Cluster {
  client.on('message', (_channel: string, text: string) => onMessage(text));
  client.on('ready', () => {
    client.subscribe(channel).then(
      () => onState(true),
      () => client.disconnect(true),
    );
  });
  client.on('close', () => onState(false));
  return client;
}

function open(place: RedisPlace): Redis | Cluster {
  const client =
    place.kind === 'cluster' ? openCluster(place) : new Redis({ ...optionsOf(place), retryStrategy: reconnectDelay });
  // Without a listener an error ends the process; what it means is seen by whoever called.
  client.on('error', () => {});
  return client;
}

function openCluster(place: RedisPlace): Cluster {
  const { enableOfflineQueue, ...redisOptions } = { ...FAIL_FAST, ...loginOf(place) };
  return new Cluster([...place.addresses], {
    scripts: scripts(),
    enableOfflineQueue,
    clusterRetryStrategy: reconnectDelay,
    redisOptions,
  });
}

function optionsOf(place: RedisPlace): RedisOptions {
  const common = { ...FAIL_FAST, ...loginOf(place), scripts: scripts(), db: place.db };
  if (place.kind === 'socket') return { ...common, path: place.path };
  if (place.kind === 'single') return { ...common, ...place.addresses[0] };
  return {
    ...common,
    sentinels: [...place.addresses],
    name: place.master,
    failoverDetector: true,
    sentinelRetryStrategy: reconnectDelay,
    enableTLSForSentinelMode: place.tls,
  };
}

function loginOf({ username, password, tls }: RedisPlace): RedisOptions {
  return { username, password, ...(tls && { tls: {} }) };
}

function scripts(): Record<string, { lua: string; numberOfKeys: number }> {
  return Object.fromEntries(Object.entries(SCRIPTS).map(([name, lua]) => [name, { lua, numberOfKeys: 1 }]));
}
