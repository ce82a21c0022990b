/** Counts what a process does, from finished records and from plain tallies; read by the primary when somebody asks. */
import type { GatewayConfig, PriceConfig } from '../config.js';
import { requestSeries, tallySeries } from './catalog.js';
import { LabelBound } from './label-bound.js';
import type { MetricsJson } from './metrics-json.js';
import { Newest } from './newest.js';
import { costOf } from './price.js';
import { ProcessSeries } from './process-series.js';
import type { AttemptRecord, RequestRecord, Tallies, Usage } from './record.js';
import { UsageLedger, type UsageTable } from './usage-table.js';

const RECENT_ATTEMPTS = 200;
const MILLISECONDS = 1000;
const TOKEN_KINDS = [
  ['input', 'input'],
  ['cachedInput', 'cached_input'],
  ['cacheWrite', 'cache_write'],
  ['output', 'output'],
  ['reasoning', 'reasoning'],
] as const satisfies readonly (readonly [keyof Usage, string])[];

/** The part of the store's health that is shown; `StoreHealth` has this shape. */
export interface StoreHealthView {
  readonly degraded: boolean;
  readonly fallbacks: number;
}

export interface MetricsOptions {
  /** Names this process in per-process gauges: the worker's id. Default: the process id. */
  readonly worker?: string;
}

/** The counting of one process. Labels follow the configuration, so call `configure` at the start and at each reload. */
export class Metrics {
  /** Bumped by the hot path; copied into series when somebody asks. */
  readonly tallies: Tallies = {
    inFlight: 0,
    streams: 0,
    connections: 0,
    requests: 0,
    chunks: 0,
    bytesToClients: 0,
    heartbeats: 0,
    bufferedPeak: 0,
    retriesDenied: 0,
    waiting: 0,
    shed: 0,
    credentialWaiting: 0,
    credentialWaits: 0,
    credentialWaitSeconds: 0,
    credentialWaitsRefused: 0,
    connectionsRefused: 0,
  };
  private readonly worker: string;
  private readonly bound = new LabelBound();
  private readonly byRequest = requestSeries();
  private readonly byTally = tallySeries();
  private readonly process = new ProcessSeries();
  private readonly ledger = new UsageLedger();
  /** Not yet taken by who keeps it; absent: nobody does. */
  private fresh: UsageLedger | undefined;
  private readonly newest = new Newest<AttemptRecord>(RECENT_ATTEMPTS);
  private prices: ReadonlyMap<string, PriceConfig | undefined> = new Map();
  private buffered: () => number = () => 0;
  private storeHealth: () => StoreHealthView = () => ({ degraded: false, fallbacks: 0 });

  constructor(options: MetricsOptions = {}) {
    this.worker = options.worker ?? String(process.pid);
  }

  configure(config: GatewayConfig): void {
    this.bound.configure(config);
    this.prices = new Map(config.models.map((model) => [model.name, model.price]));
  }

  /** Once per client request, when it is over. */
  account(record: RequestRecord): void {
    const { bound, byRequest } = this;
    const route = bound.route(record.route);
    const model = bound.alias(record.alias);
    const client = bound.client(record.client);
    byRequest.requests.add(1, route, model, client, statusClass(record.status), record.outcome);
    byRequest.duration.observe(record.duration / MILLISECONDS, route, model, String(record.stream));
    if (record.firstToken !== undefined) byRequest.firstToken.observe(record.firstToken / MILLISECONDS, route, model);
    if (record.limitedBy !== undefined) byRequest.limited.add(1, client, record.limitedBy);
    if (record.upstream !== undefined) this.accountUsage(record, client, model);
  }

  /** Once per try at a credential. */
  attempt(record: AttemptRecord): void {
    const { bound, byRequest } = this;
    const upstream = bound.upstream(record.upstream);
    byRequest.attempts.add(
      1,
      upstream,
      bound.credential(record.upstream, record.credential),
      bound.alias(record.alias),
      record.outcome,
    );
    byRequest.attemptDuration.observe(record.duration / MILLISECONDS, upstream, record.outcome);
    if (record.sticky) byRequest.sticky.add(1, upstream);
    if (record.trial) byRequest.trials.add(1, upstream);
    this.newest.add(record);
  }

  /** A choice that had to wait for the store took this long. */
  observeStore(seconds: number): void {
    this.byRequest.store.observe(seconds);
  }

  /** Where to read the store's health when somebody asks. */
  watchStore(health: () => StoreHealthView): void {
    this.storeHealth = health;
  }

  /** Where to read how many bytes are held for clients. */
  watchBuffered(buffered: () => number): void {
    this.buffered = buffered;
  }

  /** What a worker answers to the `metrics` inquiry. */
  snapshot(): MetricsJson {
    this.copyTallies();
    const own = [...Object.values(this.byTally), ...Object.values(this.byRequest)].map((series) => series.json());
    return { worker: this.worker, series: [...own, ...this.process.json()] };
  }

  /** Usage since the last call, for who keeps it over restarts; what was counted before the first call is not in it. */
  takeUsage(): UsageTable {
    const taken = this.fresh?.table() ?? [];
    if (taken.length > 0 || this.fresh === undefined) this.fresh = new UsageLedger();
    return taken;
  }

  /** What a worker answers to the `usage` inquiry. */
  usage(): UsageTable {
    return this.ledger.table();
  }

  /** What a worker answers to the `attempts` inquiry: the newest 200, newest first. */
  recentAttempts(): AttemptRecord[] {
    return this.newest.list();
  }

  /** Let go of timers and observers. */
  close(): void {
    this.process.stop();
  }

  private accountUsage(record: RequestRecord, client: string, alias: string): void {
    const upstream = this.bound.upstream(record.upstream);
    const credential = this.bound.credential(record.upstream, record.credential);
    const usd = record.usage === undefined ? 0 : costOf(record.usage, this.prices.get(record.alias));
    this.ledger.add({ client, alias, upstream, credential }, record, usd);
    this.fresh?.add({ client, alias, upstream, credential }, record, usd);
    if (record.usage === undefined) return;
    for (const [kind, label] of TOKEN_KINDS) {
      if (record.usage[kind] === 0) continue;
      this.byRequest.tokens.add(record.usage[kind], client, alias, upstream, label);
      this.byRequest.credentialTokens.add(record.usage[kind], upstream, credential, alias, label);
    }
    if (record.usage.estimated) this.byRequest.estimated.add(1, client, alias, upstream);
    if (usd === 0) return;
    this.byRequest.cost.add(usd, client, alias, upstream);
    this.byRequest.credentialCost.add(usd, upstream, credential, alias);
  }

  private copyTallies(): void {
    const { byTally, tallies } = this;
    for (const [name, value] of Object.entries(tallies)) byTally[name as keyof Tallies].set(value);
    byTally.buffered.set(this.buffered());
    const health = this.storeHealth();
    byTally.storeDegraded.set(health.degraded ? 1 : 0);
    byTally.storeFallbacks.set(health.fallbacks);
    byTally.overflow.set(this.bound.overflows);
  }
}

export function createMetrics(options: MetricsOptions = {}): Metrics {
  return new Metrics(options);
}

/** `2xx`; what is no status is `other`. */
function statusClass(status: number): string {
  return status >= 100 && status < 600 ? `${Math.floor(status / 100)}xx` : 'other';
}
