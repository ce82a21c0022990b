/**
 * One or two gateways on a Redis of their own under load, whatever happens to that Redis: what clients, the wall and the
 * gateways' own counts say of it. A row says what strikes and when it is over.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.js';
import { type AskWish, ask } from '../client/ask.js';
import { Load, type LoadReport } from '../client/load.js';
import { atMost, equal, until } from '../expect.js';
import { modelsFor } from '../gateway-config.js';
import type { GatewayProcess } from '../gateway-process.js';
import type { Figures } from '../row.js';
import type { RedisProcess } from './redis-process.js';

export interface TrialWish {
  readonly id: string;
  /** As in `store.url`. */
  readonly url: string;
  /** Every server behind the url: they are asked who listens. */
  readonly servers: readonly RedisProcess[];
  readonly gateways?: number;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly env?: NodeJS.ProcessEnv;
}

export interface Outage {
  /** The fault. */
  strike(): unknown;
  /** Its end. */
  heal(): unknown;
  /** Milliseconds that it lasts, once a gateway has said so. */
  readonly hold: number;
  /** Checked while it lasts. */
  during?(): Promise<void>;
}

export interface OutageReport {
  readonly load: LoadReport;
  /** Milliseconds until the first gateway said that the store is away, and from the fault's end until none did. */
  readonly noticed: number;
  readonly healed: number;
}

/** What is asked here is the store's business: an upstream that a busy machine makes late is not. */
const PATIENT = { headers: '20s', firstToken: '20s', idle: '20s', total: '60s' };
/** Odd, so that a worker which takes every second request meets every session in turn. */
const SESSIONS = 15;
const ROUNDS = 5;
const CREDENTIALS = 4;
const WORKERS = 2;
/** Requests a second: enough to meet a fault, few enough that the machine does not make one. */
const RATE = 40;
/** From the fault's end: probes come every 250 to 750 ms. */
const HEALED_WITHIN_MS = 5_000;
/** 100 ms for the store, the answer, and a busy machine; told apart here from waiting for Redis. */
const SLOWEST_MS = 1_000;
/** A metric that is asked of every worker may take this long on a busy machine. */
const CHANGE_WITHIN_MS = 30_000;

export class StoreTrial {
  readonly gateways: readonly GatewayProcess[];
  readonly #bench: Bench;
  readonly #id: string;
  readonly #sessions = new Map<string, Set<string>>();
  #load: Load | undefined;

  private constructor(bench: Bench, id: string, gateways: readonly GatewayProcess[]) {
    this.#bench = bench;
    this.#id = id;
    this.gateways = gateways;
  }

  static async start(bench: Bench, wish: TrialWish): Promise<StoreTrial> {
    const trial = await StoreTrial.begin(bench, wish);
    await trial.#heard(wish.servers);
    return trial;
  }

  /** Without waiting for the store. */
  static async begin(bench: Bench, { id, url, gateways = 1, config, env }: Omit<TrialWish, 'servers'>): Promise<StoreTrial> {
    const wish = {
      models: modelsFor(id, { forms: ['chat'], credentials: CREDENTIALS }),
      workers: WORKERS,
      config: { store: { url }, timeouts: PATIENT, ...config },
    };
    const started = await Promise.all(Array.from({ length: gateways }, () => bench.startGateway(wish, { env })));
    return new StoreTrial(bench, id, started);
  }

  /** Both as one: the same model, before the same upstream. */
  beside(other: StoreTrial): StoreTrial {
    return new StoreTrial(this.#bench, this.#id, [...this.gateways, ...other.gateways]);
  }

  get model(): string {
    return `${this.#id}-chat`;
  }

  get upstream(): string {
    return `${this.#id}-chat-a`;
  }

  /** Every worker of every gateway comes to know the same sessions. */
  async warm(): Promise<void> {
    for (const { origin } of this.gateways)
      for (let round = 0; round < ROUNDS; round++)
        for (let index = 0; index < SESSIONS; index++) {
          const session = `${this.#id}-known-${index}`;
          const answer = await ask(origin, { model: this.model, session });
          equal(answer.outcome, 'complete', 'before any fault');
          this.#saw(session, answer.headers['x-gateway-credential']);
        }
    equal(this.keyChanges, 0, 'sessions that moved before any fault');
  }

  /** Load that goes on until `end`: known sessions and new ones, whole answers and streams. */
  begin(rate = RATE): void {
    const known = Array.from({ length: SESSIONS }, (_, index): AskWish => {
      return { model: this.model, session: `${this.#id}-known-${index}`, stream: index % 2 === 0 };
    });
    const fresh = known.map((_, index): AskWish => ({ model: this.model, stream: index % 2 === 1 }));
    this.#load = new Load(
      this.gateways.map(({ origin }) => origin),
      { rate, wishes: [...known, ...fresh] },
    );
  }

  async degraded(): Promise<number> {
    return this.#sum('tidegate_store_degraded');
  }

  /** Choices made without the store since the start. */
  async fallbacks(): Promise<number> {
    return this.#sum('tidegate_store_fallbacks_total');
  }

  /** Milliseconds until somebody says that the store is away. */
  async untilDegraded(): Promise<number> {
    return until('a gateway says that the store is away', async () => (await this.degraded()) > 0, CHANGE_WITHIN_MS);
  }

  /** Milliseconds until nobody says so. */
  async untilHealed(): Promise<number> {
    return until('the store is used again', async () => (await this.degraded()) === 0, CHANGE_WITHIN_MS);
  }

  /** Sessions made known, load, the fault, its end, and what is promised of all of them. */
  async survive({ strike, heal, hold, during }: Outage): Promise<OutageReport> {
    await this.warm();
    this.begin();
    await sleep(600);
    await strike();
    const noticed = await this.untilDegraded();
    await sleep(hold);
    await during?.();
    await heal();
    const healed = await this.untilHealed();
    await sleep(400);
    const load = await this.end();
    atMost(healed, HEALED_WITHIN_MS, 'ms until the store was used again');
    atMost(load.slowest, SLOWEST_MS, 'ms that the slowest request took');
    equal(this.keyChanges, 0, 'known sessions that changed their credential');
    await this.exactTurns();
    return { load, noticed, healed };
  }

  /** Ends the load; nothing was lost, and what clients got is what the wall gave. */
  async end(): Promise<LoadReport> {
    const load = this.#load as Load;
    const report = await load.stop();
    for (const { session, headers } of load.answers)
      if (session !== undefined) this.#saw(session, headers['x-gateway-credential']);
    equal(report.lost.length, 0, `requests lost of ${report.asked} (${report.lost[0]})`);
    this.#join(load);
    return report;
  }

  /** Sessions that were seen on more than one credential. */
  get keyChanges(): number {
    return [...this.#sessions.values()].filter((credentials) => credentials.size > 1).length;
  }

  /** Turns are exact over all workers of all gateways, but for choices that were made alone meanwhile. */
  async exactTurns(): Promise<number> {
    const { wall } = this.#bench;
    wall.forget(this.upstream);
    const alone = await this.fallbacks();
    const rounds = 12;
    for (let index = 0; index < rounds * CREDENTIALS; index++) {
      const { origin } = this.gateways[index % this.gateways.length] as GatewayProcess;
      equal((await ask(origin, { model: this.model })).outcome, 'complete', 'after the fault');
    }
    const counts = Array.from({ length: CREDENTIALS }, (_, index) => {
      return wall.callsOf(this.upstream).filter(({ credential }) => credential === `k${index + 1}`).length;
    });
    const spread = Math.max(...counts) - Math.min(...counts);
    atMost(spread, 1 + ((await this.fallbacks()) - alone), `turns after the fault (${counts})`);
    return spread;
  }

  /** The longest that the store may have held up a request, as the gateways' own histogram bounds it, in milliseconds. */
  async longestWait(): Promise<number> {
    const texts = await Promise.all(this.gateways.map(async ({ admin }) => (await fetch(`${admin}/metrics`)).text()));
    return Math.max(...texts.map(longestOf));
  }

  /** Lines of the log that contain these words. */
  lines(words: string): number {
    return this.gateways.reduce((sum, { stderr }) => sum + stderr.filter((line) => line.includes(words)).length, 0);
  }

  /** Log lines of degraded and recovered stores, a process and second. */
  storeLines(): number {
    return this.lines('"event":"store-');
  }

  figures(report: LoadReport, more: Figures = {}): Figures {
    return { requests: report.asked, 'p99 ms': Math.round(report.p99), 'slowest ms': Math.round(report.slowest), ...more };
  }

  #saw(session: string, credential: unknown): void {
    const seen = this.#sessions.get(session) ?? new Set();
    this.#sessions.set(session, seen.add(String(credential)));
  }

  /** Each complete answer is one completed attempt by the credential that was named, and the wall has seen no other. */
  #join(load: Load): void {
    const { wall } = this.#bench;
    const calls = new Map<string, string[]>();
    for (const { requestId, credential } of wall.callsOf(this.upstream))
      calls.set(requestId, [...(calls.get(requestId) ?? []), credential]);
    for (const { requestId, headers } of load.answers)
      equal(calls.get(requestId), [headers['x-gateway-credential']], 'the wall’s view of a request');
  }

  async #sum(name: string): Promise<number> {
    const each = await Promise.all(this.gateways.map((gateway) => gateway.metric(name)));
    return each.reduce((sum, value) => sum + value, 0);
  }

  /** Workers and primaries hear the rests' channel; before that they may forget what they know. */
  async #heard(servers: readonly RedisProcess[]): Promise<void> {
    const wanted = this.gateways.length * (WORKERS + 1);
    await until('every process hears the channel', async () => {
      const answers = await Promise.all(servers.map((server) => server.command('PUBSUB', 'NUMSUB', '{tidegate}:rests')));
      return answers.reduce((sum, text) => sum + Number(text.split('\n')[1] ?? 0), 0) >= wanted;
    });
    await sleep(100);
  }
}

/** The upper bound of the last bucket that has samples of its own. */
function longestOf(text: string): number {
  const buckets = [...text.matchAll(/^tidegate_store_duration_seconds_bucket\{[^}]*le="([^"]+)"[^}]*\} (\d+)/gm)];
  const counts = new Map<number, number>();
  for (const [, bound = '', count] of buckets) {
    const at = bound === '+Inf' ? Infinity : Number(bound);
    counts.set(at, (counts.get(at) ?? 0) + Number(count));
  }
  const sorted = [...counts].sort(([a], [b]) => a - b);
  const all = sorted.at(-1)?.[1] ?? 0;
  // Without a single sample nothing is bounded.
  return all === 0 ? Number.POSITIVE_INFINITY : (sorted.find(([, count]) => count === all)?.[0] ?? 0) * 1000;
}
