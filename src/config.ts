/**
 * The checked, frozen configuration as plain values: durations in milliseconds, sizes in bytes,
 * every `${ENV}` resolved, every file read. `options/` makes it, every folder may read it,
 * nobody changes it. Types only, so that it sits at the bottom of the import arrows.
 */

/** What one start or reload of the gateway runs on. */
export interface GatewayConfig {
  readonly server: ServerConfig;
  readonly admin: AdminConfig;
  readonly store: StoreConfig;
  readonly sticky: StickyConfig;
  readonly timeouts: TimeoutConfig;
  readonly retry: RetryConfig;
  /** Empty: the gateway is open to every caller, which is allowed on loopback only. */
  readonly clients: readonly ClientConfig[];
  readonly upstreams: readonly UpstreamConfig[];
  readonly models: readonly ModelConfig[];
}

export interface ServerConfig {
  readonly host: string;
  /** 0 asks the operating system for a free port. */
  readonly port: number;
  /** Worker processes; 0 serves everything in one process. Already resolved from `auto`. */
  readonly workers: number;
  /** Which worker takes a new connection: each in turn, or the first that is not yet well used. */
  readonly accept: 'spread' | 'fill';
  /** Who reads requests: the gateway's own fast lane where they are plain, or Node's server alone; absent: Node's. */
  readonly http?: 'lane' | 'node';
  /** Largest request body in bytes; past it the answer is 413 before anything is buffered. */
  readonly bodyLimit: number;
  /** How long a drain waits for running streams, in milliseconds. */
  readonly drain: number;
  /** Silence of the upstream after which a stream's client gets `: keep-alive`, in milliseconds; 0 = never. */
  readonly heartbeat: number;
  /** Whether `x-gateway-credential` and `x-gateway-trail` tell the caller which credentials were asked. */
  readonly exposeAttempts: boolean;
  /** Whether a stream ends with the same as a comment line; absent: it does not. */
  readonly trailComment?: boolean;
  /** Requests in flight over all workers past which new ones wait. */
  readonly maxInFlight: number;
  /** Requests that wait: over all workers, and each at most so many milliseconds. */
  readonly queue: { readonly length: number; readonly age: number };
  /** When a worker refuses new requests: a lasting delay of its event loop in milliseconds, a share of its heap in percent. */
  readonly overload: { readonly loopDelay: number; readonly heapPercent: number };
  /** Client connections over all workers; absent: by the file descriptors that a worker may have. */
  readonly maxConnections?: number;
  /** Until a request's headers are complete, in milliseconds. */
  readonly headersTimeout: number;
  /** For a request's body, beside a second for every 500 bytes, in milliseconds. */
  readonly bodyTimeout: number;
}

export interface AdminConfig {
  readonly host: string;
  readonly port: number;
  /** Bearer key of the admin port; optional on loopback. */
  readonly key?: string;
}

export interface StoreConfig {
  /** Absent: embedded in the primary. `redis://`, `rediss://`, `redis+unix://`, `redis+sentinel://`, `redis-cluster://`. */
  readonly url?: string;
  /** Prefix and hash tag of every key, so that all keys of a decision share a slot. */
  readonly prefix: string;
  /** Longest a request may wait for the store, in milliseconds. */
  readonly timeout: number;
  /** While the store is away: each worker goes on with its share of the limits, or limited clients are refused. */
  readonly limitsWhenAway: 'open' | 'closed';
}

export interface StickyConfig {
  /** Request header that names the session, lower case. */
  readonly header: string;
  /** Idle time after which a session is forgotten, in milliseconds. */
  readonly ttl: number;
  /** Most sessions remembered; the least recently used leaves first. */
  readonly maxSessions: number;
  /** Whether the start of the prompt names a session when nothing else does. */
  readonly promptPrefix: boolean;
}

/** All in milliseconds. */
export interface TimeoutConfig {
  readonly connect: number;
  readonly headers: number;
  readonly firstToken: number;
  readonly idle: number;
  readonly total: number;
}

export interface RetryConfig {
  /** Attempts for one request, the first included. */
  readonly attempts: number;
  /** Retries allowed as a share of requests, in percent; 0 for none. */
  readonly budgetPercent: number;
}

export interface ClientConfig {
  readonly name: string;
  /** SHA-256 of the key, lower-case hex; the key itself is never kept. */
  readonly keyHash: string;
  /** Model names this client may ask for; `*` allows all, a trailing `*` a prefix. */
  readonly models: readonly string[];
  readonly rpm?: number;
  readonly tpm?: number;
  readonly concurrency?: number;
  readonly budget?: { readonly usd: number; readonly per: 'hour' | 'day' | 'week' | 'month' };
}

export type UpstreamProtocol = 'openai' | 'anthropic';

/** Who speaks HTTP to the upstream: the gateway's own client on bare sockets, or undici. */
export type UpstreamTransport = 'socket' | 'undici';

export interface UpstreamConfig {
  readonly name: string;
  readonly protocol: UpstreamProtocol;
  readonly api: 'chat' | 'responses' | 'auto';
  /** Without a trailing slash; `/v1/chat/completions` and so on are appended. */
  readonly baseUrl: string;
  readonly transport: UpstreamTransport;
  /**
   * Requests that wait where every credential that could serve them is at its cap: over all workers of this host, and each at
   * most so many milliseconds; absent: none waits.
   */
  readonly queue?: { readonly length: number; readonly age: number };
  readonly credentials: readonly CredentialConfig[];
}

export interface CredentialConfig {
  /** Unique within its upstream; may be shown, the key never. */
  readonly id: string;
  readonly key: string;
  /** Share of turns, a whole number from 1 to 100. */
  readonly weight: number;
  /** Most requests in flight with it, over all workers and hosts; absent: as many as come. */
  readonly concurrency?: number;
}

export interface ModelConfig {
  /** What clients ask for; `*` catches the rest. */
  readonly name: string;
  readonly targets: readonly TargetConfig[];
  /** Names of other models that are asked in this order when every target of this one is spent or rests; theirs are not followed. */
  readonly fallbacks?: readonly string[];
  readonly price?: PriceConfig;
}

export interface TargetConfig {
  readonly upstream: string;
  /** The model asked of the upstream; absent: the client's own name goes through. */
  readonly model?: string;
  /** Share of turns among targets of one priority, a whole number from 1 to 100. */
  readonly weight: number;
  /** Lower first; the next is used when every credential of this one rests. */
  readonly priority: number;
}

/** USD per million tokens. */
export interface PriceConfig {
  readonly input: number;
  readonly cachedInput?: number;
  readonly cacheWrite?: number;
  readonly output: number;
}
