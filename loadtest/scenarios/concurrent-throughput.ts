/** Seed 002, 2: requests a second as callers grow, whole answers and streams, past the gateway and through it; where the knee of concurrency is. */
import { quantile } from '../bars/statistics.js';
import { atLeast, atMost, exactly } from '../thresholds/checks.js';
import type { Chart, Check, Figure, Findings } from './findings.js';
import type { Scenario, Stage } from './scenario.js';
import { type CallResult, failed, tellEndings } from './tools/caller.js';
import { closedLoop } from './tools/closed-loop.js';
import { figure, times } from './tools/figures.js';
import { type Pair, startPair } from './tools/pair.js';
import { chatRequest, type Place } from './tools/requests.js';
import { kneeOf, type Rung } from './tools/rungs.js';

interface Kind {
  readonly name: string;
  readonly label: string;
  readonly model: string;
  readonly stream: boolean;
  readonly callers: Readonly<Record<'quick' | 'full', readonly number[]>>;
}

const KINDS: readonly Kind[] = [
  {
    ...{ name: 'whole', label: 'whole answers', model: 'mock-instant', stream: false },
    callers: { quick: [1, 10, 50, 200], full: [1, 5, 10, 25, 50, 100, 250, 500, 1_000] },
  },
  {
    // Streams of 0.4 s, 20 events each: the callers bound the rate until the machine does.
    ...{ name: 'streams', label: 'streams', model: 'mock-paced-20x20', stream: true },
    callers: { quick: [10, 50, 200], full: [10, 50, 100, 250, 500, 1_000] },
  },
];
const SECONDS = { quick: { warmUpSeconds: 0.5, seconds: 1.5 }, full: { warmUpSeconds: 3, seconds: 12 } };
const CREDENTIALS = 100;
const SESSIONS = 1_000;

export const concurrentThroughput: Scenario = {
  name: 'concurrent-throughput',
  number: '2',
  title: 'requests a second as callers grow, whole answers and streams, past the gateway and through it',
  source: 'seed 002, scenario 2',
  seconds: { quick: 36, full: 470 },
  run: runConcurrentThroughput,
};

/** What one kind gave at one place. */
interface Climb {
  readonly kind: Kind;
  readonly where: 'direct' | 'gateway';
  readonly rungs: readonly Rung[];
}

async function runConcurrentThroughput(stage: Stage): Promise<Findings> {
  const pair = await startPair(stage, { credentials: CREDENTIALS });
  const lost: CallResult[] = [];
  const climbs: Climb[] = [];
  for (const kind of KINDS) climbs.push(...(await climb(stage, pair, kind, lost)));
  return {
    checks: [
      exactly('requests that failed', lost.length, 0, '', tellEndings(lost)),
      ...climbs.flatMap((one) => checksOf(one, climbs)),
    ],
    figures: climbs.flatMap(figuresOf),
    charts: KINDS.flatMap((kind) => chartsOf(kind, climbs)),
    notes: [
      'Callers, gateway and mock share the machine: the control past the gateway shows what callers and mock leave of it.',
      'Published: not run; 5,000 requests a second were hoped for, and 517 measured of the mock alone, one at a time.',
    ],
  };
}

/** Both places at each rung before the next one, so that what drifts meets both. */
async function climb(stage: Stage, { places }: Pair, kind: Kind, lost: CallResult[]): Promise<Climb[]> {
  const found: Record<'direct' | 'gateway', Rung[]> = { direct: [], gateway: [] };
  const rungs = kind.callers[stage.pace];
  for (const [index, callers] of rungs.entries()) {
    for (const where of ['direct', 'gateway'] as const) {
      if (stage.interrupt.aborted) break;
      stage.say(`${kind.label}, ${callers} callers, ${where === 'direct' ? 'past the gateway' : 'through it'}`);
      const { results, perSecond } = await closedLoop({
        ...loopOf(places[where], kind),
        callers,
        interrupt: stage.interrupt,
        ...SECONDS[stage.pace],
      });
      lost.push(...failed(results));
      found[where].push({ callers, perSecond, p99: quantile(times(results), 0.99) });
    }
    stage.progress((KINDS.indexOf(kind) + (index + 1) / rungs.length) / KINDS.length);
  }
  return (['direct', 'gateway'] as const).map((where) => ({ kind, where, rungs: found[where] }));
}

function loopOf(place: Place, { model, stream }: Kind) {
  const request = (index: number) => chatRequest(place, { model, stream, session: `throughput-${index % SESSIONS}` });
  return { origin: place.origin, request };
}

function checksOf({ kind, where, rungs }: Climb, climbs: readonly Climb[]): Check[] {
  const control = climbs.find((one) => one.kind === kind && one.where === 'direct');
  if (where === 'direct' || !control) return [];
  const best = mostOf(rungs);
  const last = rungs.at(-1)?.perSecond;
  return [
    atLeast(`${kind.label}: most requests a second over those past the gateway`, best / mostOf(control.rungs), 0.12, 'x'),
    atLeast(`${kind.label}: rate with most callers over the best`, (last ?? Number.NaN) / best, 0.5, 'x', 'it must not collapse'),
    atMost(`${kind.label}: latency P99 with most callers`, rungs.at(-1)?.p99, 5_000, 'ms'),
  ];
}

function mostOf(rungs: readonly Rung[]): number {
  return Math.max(...rungs.map(({ perSecond }) => perSecond));
}

function figuresOf({ kind, where, rungs }: Climb): Figure[] {
  const knee = kneeOf(rungs);
  const published = kind.stream || where === 'direct' ? {} : { published: '≥ 5,000 (goal; not run)' };
  return [
    figure(`${kind.name}_most`, `${kind.label}: most requests a second`, '1/s', where, mostOf(rungs), {
      better: 'higher',
      ...published,
    }),
    figure(`${kind.name}_knee`, `${kind.label}: callers at the knee (90 % of the most)`, '', where, knee?.callers ?? Number.NaN),
    ...rungs.flatMap(({ callers, perSecond, p99 }) => [
      figure(`${kind.name}_rate_${callers}`, `${kind.label}, ${callers} callers: requests a second`, '1/s', where, perSecond, {
        better: 'higher',
      }),
      figure(`${kind.name}_p99_${callers}`, `${kind.label}, ${callers} callers: latency P99`, 'ms', where, p99, {
        better: 'lower',
      }),
    ]),
  ];
}

function chartsOf(kind: Kind, climbs: readonly Climb[]): Chart[] {
  const own = climbs.filter((one) => one.kind === kind);
  const knee = kneeOf(own.find(({ where }) => where === 'gateway')?.rungs ?? []);
  const line = (title: string, unit: string, read: (rung: Rung) => number): Chart => ({
    ...{ title: `${kind.label}: ${title}`, kind: 'line' },
    ...{ x: { label: 'callers', scale: 'log' }, y: { label: title, unit } },
    series: own.map(({ where, rungs }) => ({ name: where, points: rungs.map((rung) => [rung.callers, read(rung)]) })),
    ...(knee && { marks: [{ label: 'knee', from: knee.callers }] }),
  });
  return [line('requests a second', '1/s', ({ perSecond }) => perSecond), line('latency P99', 'ms', ({ p99 }) => p99)];
}
