/** Seed 001's tables: each endpoint's latency, requests a second, CPU at rest, half and full load, start time, memory. */
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../bars/statistics.js';
import { atLeast, atMost, exactly } from '../thresholds/checks.js';
import type { Chart, Check, Figure, Findings } from './findings.js';
import type { Scenario, Stage } from './scenario.js';
import { type CallRequest, type CallResult, failed, tellEndings } from './tools/caller.js';
import { closedLoop, inTurn } from './tools/closed-loop.js';
import { figure, firstBytes, latencyFigures, times } from './tools/figures.js';
import { OpenLoad } from './tools/open-load.js';
import { chatRequest, get, type Place } from './tools/requests.js';
import { measureStarts } from './tools/starts.js';
import { peak, pssMb, Watch } from './tools/watch.js';

/** What is asked, and the published P50/P95/P99 of the Node and of the Rust program. */
interface Endpoint {
  readonly name: string;
  readonly label: string;
  readonly published: readonly string[];
  /** Streams are judged by their first byte: how long they last is the model's affair. */
  readonly streams?: boolean;
  request(place: Place, index: number): CallRequest;
}

const ENDPOINTS: readonly Endpoint[] = [
  { name: 'health', label: '/health', published: published([2, 5, 10], [0.5, 1, 2]), request: (place) => get(place, '/health') },
  {
    ...{ name: 'models', label: '/v1/models', published: published([50, 100, 200], [30, 60, 120]) },
    request: (place) => get(place, '/v1/models'),
  },
  {
    ...{ name: 'chat', label: '/v1/chat/completions', published: published([100, 200, 500], [60, 120, 300]) },
    request: (place, index) => chatRequest(place, { model: 'mock-instant', stream: false, session: `endpoints-${index % 50}` }),
  },
  {
    ...{
      name: 'stream',
      label: '/v1/chat/completions, streamed, first byte',
      published: published([80, 150, 400], [50, 90, 240]),
    },
    streams: true,
    request: (place, index) => chatRequest(place, { model: 'mock-instant', stream: true, session: `endpoints-${index % 50}` }),
  },
];

interface Work {
  readonly name: string;
  readonly label: string;
  readonly published: string;
  request(place: Place, index: number): CallRequest;
}

const SIMPLE: Work = {
  ...{ name: 'simple', label: 'simple requests (a short question)', published: 'Node.js 5,000, Rust 15,000' },
  request: (place, index) => chatRequest(place, { model: 'mock-instant', stream: false, session: `simple-${index % 200}` }),
};
const WORKS: readonly Work[] = [
  SIMPLE,
  {
    ...{ name: 'complex', label: 'complex requests (40 turns, 8 KB)', published: 'Node.js 2,000, Rust 6,000' },
    request: (place, index) =>
      chatRequest(place, { model: 'mock-instant', stream: false, session: `long-${index % 200}`, turns: 40 }),
  },
  {
    ...{ name: 'streaming', label: 'streamed requests', published: 'Node.js 1,000, Rust 3,000' },
    request: (place, index) => chatRequest(place, { model: 'mock-instant', stream: true, session: `stream-${index % 200}` }),
  },
];

const PACES = {
  quick: { count: 150, loopSeconds: 2, restSeconds: 3, starts: 3 },
  full: { count: 2_000, loopSeconds: 30, restSeconds: 30, starts: 15 },
};
const CALLERS = 32;
const CREDENTIALS = 20;

export const endpoints: Scenario = {
  name: 'endpoints',
  title: 'latency of each endpoint, requests a second, CPU and memory at rest and at work, start time',
  source: 'seed 001, its tables',
  seconds: { quick: 35, full: 400 },
  run: (stage) => new Endpoints(stage).run(),
};

class Endpoints {
  readonly #stage: Stage;
  readonly #figures: Figure[] = [];
  readonly #checks: Check[] = [];
  readonly #failed: CallResult[] = [];
  #calls = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async run(): Promise<Findings> {
    const stage = this.#stage;
    const pace = PACES[stage.pace];
    const mock = await stage.startMock({ maxConcurrent: 4_000 });
    stage.say(`${pace.starts} starts`);
    const starts = await measureStarts(stage, mock.origin, pace.starts);
    const gateway = await stage.startTarget('cluster', { mockUrl: mock.origin, credentials: CREDENTIALS });
    const places = {
      gateway: { origin: gateway.url, key: gateway.keys[0] ?? '' },
      direct: { origin: mock.origin, key: 'sk-load-1' },
    };
    const watch = new Watch(gateway.pids().slice(0, 1));
    const rest = await this.#rest(watch, pace.restSeconds);
    await this.#latencies(places, pace.count);
    const rates = await this.#rates(places, pace.loopSeconds);
    const full = await this.#load(watch, places.gateway, undefined, pace.loopSeconds);
    const half = await this.#load(watch, places.gateway, full.perSecond / 2, pace.loopSeconds);
    watch.stop();
    this.#resources(watch, { rest, half, full }, starts);
    this.#promise(rest.cpu, starts);
    return {
      checks: this.#checks,
      figures: this.#figures,
      charts: [rateChart(rates)],
      notes: [
        `${CALLERS} callers share the machine with gateway and mock: rates are lower bounds.`,
        'The published latencies hold a real model behind the gateway; ours hold a mock that answers at once.',
        `CPU is of one core, all ${gateway.pids().length} processes together; the published CPU does not say of what.`,
      ],
    };
  }

  async #rest(watch: Watch, seconds: number) {
    await sleep(1_500);
    const from = watch.look();
    await sleep(seconds * 1000);
    const to = watch.look();
    return { cpu: Watch.cpuPercent(from, to), pss: median(watch.between(from.at, to.at).map(pssMb)) };
  }

  async #latencies(places: Readonly<Record<string, Place>>, count: number): Promise<void> {
    for (const [index, { name, label, published, streams, request }] of ENDPOINTS.entries()) {
      this.#stage.say(`latency of ${label}`);
      const names = Object.keys(places);
      const asked = Object.values(places).map((place) => ({ origin: place.origin, request: (n: number) => request(place, n) }));
      const results = await inTurn(asked, { warmUp: 30, count });
      const values = results.map((one) => (streams ? firstBytes(one) : times(one)));
      for (const [place, where] of names.entries()) {
        this.#figures.push(...latencyFigures(name, label, where, values[place] ?? [], where === 'gateway' ? published : []));
        this.#note(results[place] ?? []);
      }
      const [through = Number.NaN, past = Number.NaN] = values.map(median);
      this.#checks.push(
        atMost(`${label} P50`, through, 50, 'ms'),
        atMost(`${label} P50 over the control's`, through - past, 25, 'ms'),
      );
      this.#stage.progress(0.2 + (0.2 * (index + 1)) / ENDPOINTS.length);
    }
  }

  /** Requests a second by kind of work: through the gateway, and past it. */
  async #rates(places: Readonly<Record<string, Place>>, seconds: number): Promise<[string, number, number][]> {
    const rates: [string, number, number][] = [];
    for (const { name, label, published, request } of WORKS) {
      this.#stage.say(`requests a second: ${label}`);
      const both: number[] = [];
      for (const [where, place] of Object.entries(places)) {
        const wish = { origin: place.origin, callers: CALLERS, seconds, warmUpSeconds: 0.5 };
        const { results, perSecond } = await closedLoop({ ...wish, request: (n) => request(place, n) });
        const more = where === 'gateway' ? { published } : {};
        this.#figures.push(figure(`rps_${name}`, label, '1/s', where, perSecond, { better: 'higher', ...more }));
        this.#note(results);
        both.push(perSecond);
      }
      const [through = 0, past = 0] = both;
      this.#checks.push(atLeast(`${label}: rate over the control's`, through / past, 0.1, 'x', 'both share the machine'));
      rates.push([name, through, past]);
      this.#stage.progress(0.4 + 0.15 * rates.length);
    }
    return rates;
  }

  /** As many simple requests as can be had, or at a rate; CPU and memory meanwhile. */
  async #load(watch: Watch, place: Place, rate: number | undefined, seconds: number) {
    const request = (index: number): CallRequest => SIMPLE.request(place, index);
    const from = watch.look();
    const results = rate === undefined ? [] : await openFor(place, rate, seconds, request);
    const loop = rate === undefined ? await closedLoop({ origin: place.origin, callers: CALLERS, seconds, request }) : undefined;
    const to = watch.look();
    this.#note(loop?.results ?? results);
    const pss = median(watch.between(from.at, to.at).map(pssMb));
    return { cpu: Watch.cpuPercent(from, to), pss, perSecond: loop?.perSecond ?? rate ?? 0 };
  }

  #resources(watch: Watch, at: Record<'rest' | 'half' | 'full', { cpu: number; pss: number }>, starts: readonly number[]): void {
    const lower = { better: 'lower' } as const;
    this.#figures.push(
      figure('cpu_rest', 'CPU at rest, of one core', '%', 'gateway', at.rest.cpu, {
        ...lower,
        published: 'Node.js 0.5, Rust 0.1',
      }),
      figure('cpu_half', 'CPU at half load, of one core', '%', 'gateway', at.half.cpu, { published: 'Node.js 15, Rust 5' }),
      figure('cpu_full', 'CPU at full load, of one core', '%', 'gateway', at.full.cpu, { published: 'Node.js 80, Rust 35' }),
      figure('start', 'start to the first answer, median', 'ms', 'gateway', median(starts), {
        ...lower,
        published: 'Node.js 150–200, Rust 30–50',
      }),
      figure('memory_rest', 'memory at rest (PSS)', 'MB', 'gateway', at.rest.pss, {
        ...lower,
        published: 'Node.js ~80, Rust ~20',
      }),
      figure('memory_busy', 'memory at half load (PSS)', 'MB', 'gateway', at.half.pss, {
        ...lower,
        published: 'Node.js ~120, Rust ~40',
      }),
      figure('memory_peak', 'peak memory (PSS)', 'MB', 'gateway', peak(watch.seen, pssMb), {
        ...lower,
        published: 'Node.js ~200, Rust ~80',
      }),
    );
  }

  #promise(restCpu: number, starts: readonly number[]): void {
    this.#checks.push(
      exactly(`requests that failed of ${this.#calls}`, this.#failed.length, 0, '', tellEndings(this.#failed)),
      atMost('CPU at rest, of one core', restCpu, 20, '%'),
      atMost('start to the first answer, median', median(starts), 10_000, 'ms'),
    );
  }

  #note(results: readonly CallResult[]): void {
    this.#calls += results.length;
    this.#failed.push(...failed(results));
  }
}

async function openFor(place: Place, rate: number, seconds: number, request: (index: number) => CallRequest) {
  const load = new OpenLoad({ origin: place.origin, rate, request });
  await sleep(seconds * 1000);
  return load.stop();
}

function published(node: readonly number[], rust: readonly number[]): string[] {
  return node.map((value, index) => `Node.js ${value} ms, Rust ${rust[index]} ms`);
}

function rateChart(rates: readonly [string, number, number][]): Chart {
  return {
    ...{ title: 'Requests a second by kind', kind: 'bar', names: rates.map(([name]) => name) },
    ...{ x: { label: 'kind of request' }, y: { label: 'requests a second', unit: '1/s' } },
    series: [
      { name: 'gateway', points: rates.map(([, through], index) => [index, through]) },
      { name: 'direct', points: rates.map(([, , past], index) => [index, past]) },
    ],
  };
}
