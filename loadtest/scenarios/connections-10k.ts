/** Seed 001: 10,000 connections and more. All are held at once; some of them are asked; none may be refused. */
import { setTimeout as sleep } from 'node:timers/promises';
import { median, quantile } from '../bars/statistics.js';
import { atLeast, atMost, exactly } from '../thresholds/checks.js';
import type { Check, Figure, Findings } from './findings.js';
import type { Scenario, Stage } from './scenario.js';
import { Caller, type CallResult, failed, tellEndings } from './tools/caller.js';
import { inTurn } from './tools/closed-loop.js';
import { figure, latencyFigures, times } from './tools/figures.js';
import { openFilesLimit, portsForConnections } from './tools/limits.js';
import { chatRequest, get, type Place } from './tools/requests.js';
import { pointsOf, pssMb, type Seen, Watch } from './tools/watch.js';

const CONNECTIONS = 10_000;
/** The gateway closes what was idle for 75 s: what is held longer is asked in between. */
const PACES = {
  quick: { openSeconds: 8, holdSeconds: 3, sample: 200 },
  full: { openSeconds: 15, holdSeconds: 40, sample: 1_000 },
};
/** Files besides the connections: logs, listeners, upstreams, modules. */
const OTHER_FILES = 500;
/** Dialled at once at most: the kernel's queue is not what is measured. */
const DIALLED = 200;

export const connections10k: Scenario = {
  name: 'connections-10k',
  title: `${CONNECTIONS.toLocaleString('en')} connections held, requests on some of them`,
  source: 'seed 001, expected performance',
  seconds: { quick: 30, full: 100 },
  run: (stage) => {
    const lack = whatLacks();
    return lack === undefined ? holdThem(stage) : Promise.resolve({ checks: [], figures: [], skipped: lack });
  },
};

function whatLacks(): string | undefined {
  const files = CONNECTIONS + OTHER_FILES;
  if (openFilesLimit() < files)
    return `needs ${files} open files, the limit is ${openFilesLimit()}; raise it: ulimit -n ${files}`;
  if (portsForConnections() < files)
    return `needs ${files} local ports, there are ${portsForConnections()} (net.ipv4.ip_local_port_range)`;
  return undefined;
}

async function holdThem(stage: Stage): Promise<Findings> {
  const pace = PACES[stage.pace];
  const mock = await stage.startMock({ maxConcurrent: 2_000 });
  const gateway = await stage.startTarget('cluster', { mockUrl: mock.origin, credentials: 20 });
  const place = { origin: gateway.url, key: gateway.keys[0] ?? '' };
  const watch = new Watch(gateway.pids().slice(0, 1));
  const [before = [], direct = []] = await sampleNew([place, { origin: mock.origin, key: 'sk-load-1' }], pace.sample);
  const calm = watch.look();
  stage.say(`opening ${CONNECTIONS} connections`);
  const openFrom = watch.now;
  const { callers, opened } = await open(stage, place, pace.openSeconds);
  await sleep(pace.holdSeconds * 1000);
  const held = watch.look();
  const open10k = callers.filter((caller) => caller.isConnected).length;
  stage.say('asking some of them');
  const during = await askSome(callers, place, pace.sample);
  const [fresh = []] = await sampleNew([place], pace.sample / 4);
  const closeAt = watch.now;
  for (const caller of callers) caller.close();
  await sleep(2_000);
  const after = watch.look();
  watch.stop();
  const results = { opened, before, direct, during, fresh };
  return {
    checks: checksOf(results, open10k, calm, held),
    figures: figuresOf(results, open10k, calm, held, after),
    charts: [
      {
        ...{ title: 'Memory and descriptors over 10,000 connections', kind: 'line' as const },
        x: { label: 'time', unit: 's' },
        y: { label: 'memory (PSS)', unit: 'MB' },
        series: [
          { name: 'memory', points: pointsOf(watch.seen, pssMb) },
          { name: 'descriptors', points: pointsOf(watch.seen, ({ fds }) => fds), right: { label: 'open descriptors' } },
        ],
        marks: [
          { label: 'opening', from: openFrom, to: openFrom + pace.openSeconds },
          { label: 'all leave', from: closeAt },
        ],
      },
    ],
    notes: ['Each connection asks /health once, so that it was served and not only accepted; then it is idle until it is asked.'],
  };
}

/** Each connection is dialled and asks once. */
async function open(stage: Stage, place: Place, seconds: number): Promise<{ callers: Caller[]; opened: CallResult[] }> {
  const callers = Array.from({ length: CONNECTIONS }, () => new Caller(place.origin));
  const opened: CallResult[] = [];
  const began = performance.now();
  const running = new Set<Promise<unknown>>();
  for (const [index, caller] of callers.entries()) {
    const due = began + (index / CONNECTIONS) * seconds * 1000;
    if (performance.now() < due) await sleep(due - performance.now());
    if (running.size >= DIALLED) await Promise.race(running);
    if (stage.interrupt.aborted) break;
    const call = caller.call(get(place, '/health')).then((result) => {
      opened.push(result);
      running.delete(call);
    });
    running.add(call);
    if (index % 500 === 0) stage.progress((0.7 * index) / CONNECTIONS);
  }
  await Promise.all(running);
  return { callers, opened };
}

/** A chat on every n-th of the connections that are held, one after another. */
async function askSome(callers: readonly Caller[], place: Place, count: number): Promise<CallResult[]> {
  const step = Math.floor(callers.length / count);
  const results: CallResult[] = [];
  for (let index = 0; index < callers.length; index += step) {
    const caller = callers[index];
    const request = chatRequest(place, { model: 'mock-instant', stream: index % 2 === 0, session: `held-${index}` });
    // One that was closed would dial anew: that is a connection lost and not one asked.
    if (caller?.isConnected) results.push(await caller.call(request));
  }
  return results;
}

function sampleNew(places: readonly Place[], count: number): Promise<CallResult[][]> {
  const request = (place: Place, index: number) =>
    chatRequest(place, { model: 'mock-instant', stream: index % 2 === 0, session: `new-${index}` });
  return inTurn(
    places.map((place) => ({ origin: place.origin, request: (index: number) => request(place, index) })),
    { warmUp: 20, count: Math.floor(count) },
  );
}

type Results = Readonly<Record<'opened' | 'before' | 'direct' | 'during' | 'fresh', readonly CallResult[]>>;

function checksOf({ opened, before, during, fresh }: Results, held: number, calm: Seen, full: Seen): Check[] {
  const lost = failed([...opened, ...before, ...during, ...fresh]);
  return [
    exactly('connections held at once', held, CONNECTIONS),
    exactly('requests that failed or were refused', lost.length, 0, '', tellEndings(lost)),
    atLeast(
      'descriptors of the gateway, more than before',
      full.fds - calm.fds,
      0.99 * CONNECTIONS,
      '',
      'else they are not held (upstream connections come and go meanwhile)',
    ),
    atMost('memory of one connection', kilobytes(calm, full), 64, 'KB'),
    atMost(
      'latency P50 with all held',
      median(times(during)),
      median(times(before)) * 5 + 20,
      'ms',
      'five times that without them, and 20 ms',
    ),
  ];
}

function figuresOf(
  { opened, before, direct, during, fresh }: Results,
  held: number,
  calm: Seen,
  full: Seen,
  after: Seen,
): Figure[] {
  const lower = { better: 'lower' } as const;
  return [
    figure('connections', 'connections held', '', 'gateway', held, { published: '10,000+', better: 'higher' }),
    figure('connection_memory', 'memory of one connection (PSS)', 'KB', 'gateway', kilobytes(calm, full), lower),
    figure('memory_before', 'memory before (PSS)', 'MB', 'gateway', pssMb(calm)),
    figure('memory_held', 'memory with all held (PSS)', 'MB', 'gateway', pssMb(full), { ...lower, published: '< 100 MB' }),
    figure('memory_after', 'memory after they left (PSS)', 'MB', 'gateway', pssMb(after), lower),
    figure('descriptors', 'open descriptors, all processes', '', 'gateway', full.fds),
    figure('open_p99', 'dialled until the first answer P99', 'ms', 'gateway', quantile(times(opened), 0.99), lower),
    ...latencyFigures('held', 'a request on a held connection', 'gateway', times(during), ['average < 100 ms']),
    ...latencyFigures('new', 'a request on a connection opened behind them', 'gateway', times(fresh)),
    ...latencyFigures('before', 'a request before the 10,000', 'gateway', times(before)),
    ...latencyFigures('before', 'a request before the 10,000', 'direct', times(direct)),
  ];
}

function kilobytes(calm: Seen, full: Seen): number {
  return (full.pss - calm.pss) / 1024 / CONNECTIONS;
}
