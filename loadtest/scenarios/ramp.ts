/** Seed 003: users become more for a while and then stay, one way of using the gateway after another; where it turns, and what happens past that. */
import { freemem, totalmem } from 'node:os';
import { median } from '../bars/statistics.js';
import { atLeast, atMost, exactly } from '../thresholds/checks.js';
import type { Chart, Check, Figure, Findings } from './findings.js';
import { JOURNEYS, type Journey } from './journeys.js';
import type { Scenario, Stage } from './scenario.js';
import { failed, tellEndings } from './tools/caller.js';
import { closedLoop } from './tools/closed-loop.js';
import { figure, times } from './tools/figures.js';
import { type HealthSeen, HealthWatch } from './tools/health-watch.js';
import { type Ramped, rampUsers } from './tools/ramp-users.js';
import type { Place } from './tools/requests.js';
import { findKnee, type Knee } from './tools/turn.js';
import { Watch } from './tools/watch.js';

/** One minute up to N, five of holding (the seed's); think time as of people who read fast, so that the machine's knee is met. */
const PACES = {
  quick: { users: 500, rampSeconds: 7, holdSeconds: 3, windowSeconds: 0.5, thinkMs: [100, 300] },
  full: { users: 2_000, rampSeconds: 60, holdSeconds: 300, windowSeconds: 2, thinkMs: [200, 600] },
} as const;
/** Past these a resource is flagged (the seed's line), percent of the machine. */
const FLAG_PERCENT = 80;
/** Busier than this the callers' own process may be what turned. */
const BUSY_CALLERS = 0.9;

export const ramp: Scenario = {
  name: 'ramp',
  title: 'users ramped up and held, new and returning, by priority: knee, flags past 80 %, recovery',
  source: 'seed 003, staged load',
  seconds: { quick: 60, full: 1_900 },
  run: rampOn,
};

/** One journey, ramped. */
interface Leg extends Ramped {
  readonly journey: Journey;
  readonly where: 'gateway' | 'direct';
  readonly knee: Knee;
  readonly flags: Flags;
}

interface Flags {
  /** Share of the time in which the whole machine, or the gateway alone, was busier than the line; percent. */
  readonly machine: number;
  /** Of the gateway alone, busiest half second; percent of the machine. */
  readonly gatewayPeak: number;
  /** Memory in use on the machine, percent. */
  readonly memory: number;
}

async function rampOn(stage: Stage): Promise<Findings> {
  const mock = await stage.startMock({ maxConcurrent: 20_000 });
  const gateway = await stage.startTarget('cluster', { mockUrl: mock.origin, credentials: 100 });
  const place = { origin: gateway.url, key: gateway.keys[0] ?? '' };
  const direct = { origin: mock.origin, key: 'sk-load-1' };
  const journeys = JOURNEYS.filter(({ inQuick }) => stage.pace === 'full' || inQuick);
  const health = new HealthWatch(gateway.url);
  const legs: Leg[] = [];
  for (const journey of journeys) {
    if (stage.interrupt.aborted) break;
    stage.say(`${journey.priority}: ${journey.label}`);
    legs.push(await legOf(stage, journey, place, 'gateway', gateway.pids().slice(0, 1)));
    stage.progress(legs.length / (journeys.length + 2));
  }
  const seen = await health.end();
  const [first] = journeys as [Journey];
  stage.say(`past the gateway: ${first.label}`);
  legs.push(await legOf(stage, first, direct, 'direct', []));
  const calm = await closedLoop({
    origin: place.origin,
    callers: 1,
    seconds: 1.5,
    request: (turn) => first.request(place, 0, turn),
  });
  return {
    checks: checksOf(legs, seen, times(calm.results)),
    figures: [
      ...legs.flatMap(figuresOf),
      figure('recovered_p50', 'one user afterwards P50', 'ms', 'gateway', median(times(calm.results))),
    ],
    charts: legs.map(chartOf),
    notes: [...legs.map(inWords), ...notesOf(legs)],
  };
}

async function legOf(stage: Stage, journey: Journey, place: Place, where: Leg['where'], roots: readonly number[]): Promise<Leg> {
  const watch = new Watch(roots);
  const ramped = await rampUsers({
    ...PACES[stage.pace],
    ...{ origin: place.origin, seed: stage.seed, isNew: journey.isNew, interrupt: stage.interrupt },
    request: (user, turn) => journey.request(place, user, turn),
  });
  watch.stop();
  return { ...ramped, journey, where, knee: findKnee(ramped.ramp), flags: flagsOf(watch) };
}

function flagsOf(watch: Watch): Flags {
  const busy = watch.machine.filter(({ busyPercent }) => busyPercent > FLAG_PERCENT).length;
  return {
    machine: (100 * busy) / Math.max(1, watch.machine.length),
    gatewayPeak: Math.max(0, ...watch.seen.map(({ cpuPercent }) => cpuPercent)) / watch.cores,
    memory: 100 * (1 - freemem() / totalmem()),
  };
}

function checksOf(legs: readonly Leg[], health: HealthSeen, calm: readonly number[]): Check[] {
  const through = legs.filter(({ where }) => where === 'gateway');
  const [first] = through as [Leg];
  const control = legs.find(({ where }) => where === 'direct');
  const all = through.flatMap(({ results }) => results);
  const hung = all.filter(({ ending }) => ending === 'hung');
  const before = through.reduce((sum, { ramp, knee }) => sum + failuresUpTo(ramp, knee.from), 0);
  return [
    exactly('requests that failed below the knee', before, 0, '', tellEndings(failed(all))),
    exactly('requests that were cut, hung or got no answer', failed(all).filter(({ ending }) => ending !== 'status').length, 0),
    exactly('answers that never came', hung.length, 0, '', 'the seed had 524s'),
    ...through.map(({ journey, hold, knee }) =>
      atLeast(
        `${journey.label}: served while held, over the best below the knee`,
        median(hold.map(({ perSecond }) => perSecond)) / knee.stableRate,
        0.2,
        'x',
        'past the knee it must not collapse',
      ),
    ),
    atLeast(
      `${first.journey.label}: stable rate over the control's`,
      first.knee.stableRate / (control?.knee.stableRate ?? Number.NaN),
      0.1,
      'x',
    ),
    exactly('times that /health did not answer', health.unanswered, 0),
    atMost(
      'one user afterwards, P50',
      median(calm),
      5 * (first.ramp[0]?.p95 ?? Number.NaN) + 50,
      'ms',
      'five times the P95 of the first users, and 50 ms',
    ),
  ];
}

function failuresUpTo(windows: Leg['ramp'], users: number): number {
  return windows.filter((window) => window.users <= users).reduce((sum, window) => sum + window.failed, 0);
}

function figuresOf({ journey, where, knee, hold, flags, results }: Leg): Figure[] {
  const { name, label, published } = journey;
  const row = (key: string, words: string, unit: string, value: number, more: Partial<Figure> = {}): Figure =>
    figure(`${name}_${key}`, `${label}: ${words}`, unit, where, value, more);
  return [
    row('stable', 'stable rate', '1/s', knee.stableRate, { better: 'higher', ...(where === 'gateway' && { published }) }),
    row('knee_from', 'users up to which all is well', '', knee.from, { better: 'higher' }),
    row('knee_to', 'users from which on it is not', '', knee.to),
    row('hold_rate', 'served while held', '1/s', median(hold.map(({ perSecond }) => perSecond)), { better: 'higher' }),
    row('hold_p95', 'P95 while held', 'ms', median(hold.map(({ p95 }) => p95)), { better: 'lower' }),
    row('failed', 'requests that failed', '', failed(results).length, { better: 'lower' }),
    ...(where === 'gateway'
      ? [
          row('cpu_flag', `time with the machine's CPU past ${FLAG_PERCENT} %`, '%', flags.machine, {
            published: 'silo-user CPU > 80 % from 20 QPS on',
          }),
          row('cpu_peak', "the gateway's busiest half second, of the machine", '%', flags.gatewayPeak),
          row('memory', 'memory in use on the machine', '%', flags.memory),
        ]
      : []),
  ];
}

function chartOf({ journey, where, ramp, hold, knee }: Leg): Chart {
  const windows = [...ramp, ...hold];
  const band = windows.filter(({ users }) => users >= knee.from && users <= knee.to).map(({ at }) => at);
  return {
    ...{ title: `${journey.priority} ${journey.label}${where === 'direct' ? ', past the gateway' : ''}`, kind: 'line' },
    ...{ x: { label: 'time', unit: 's' }, y: { label: 'P95', unit: 'ms' } },
    series: [
      { name: 'P95', points: windows.map(({ at, p95 }) => [at, Number.isFinite(p95) ? p95 : null]) },
      {
        name: 'answers a second',
        points: windows.map(({ at, perSecond }) => [at, perSecond]),
        right: { label: 'answers a second' },
      },
      { name: 'users', points: windows.map(({ at, users }) => [at, users]), right: { label: 'answers a second' } },
    ],
    marks: [
      ...(knee.why === 'not reached'
        ? []
        : [
            {
              label: `knee: ${knee.why}`,
              from: band[0] ?? 0,
              to: ramp.find(({ users }) => users >= knee.to)?.at ?? band.at(-1) ?? 0,
            },
          ]),
      ...(hold[0] ? [{ label: 'held', from: hold[0].at }] : []),
    ],
  };
}

function inWords({ journey, where, knee }: Leg): string {
  const place = where === 'direct' ? ' past the gateway' : '';
  if (knee.why === 'not reached')
    return `${journey.label}${place}: no knee up to ${knee.to} users, ${knee.stableRate.toFixed(0)} a second.`;
  return `${journey.label}${place}: knee between ${knee.from} and ${knee.to} users (${knee.why}), stable up to ${knee.stableRate.toFixed(0)} a second.`;
}

function notesOf(legs: readonly Leg[]): string[] {
  const busy = legs.filter(({ ramp }) => ramp.some(({ elu }) => elu > BUSY_CALLERS)).map(({ journey }) => journey.label);
  const flagged = legs.filter(({ where, flags }) => where === 'gateway' && flags.machine > 0);
  return [
    'P3 (health) is asked all the time, not ramped.',
    ...(flagged.length > 0
      ? [`FLAG: the machine's CPU was past ${FLAG_PERCENT} % in ${flagged.map(({ journey }) => journey.label).join(', ')}.`]
      : []),
    ...(legs.some(({ flags }) => flags.memory > FLAG_PERCENT) ? [`FLAG: the machine's memory was past ${FLAG_PERCENT} %.`] : []),
    ...(busy.length > 0
      ? [
          `The callers' own process was more than ${100 * BUSY_CALLERS} % busy in: ${[...new Set(busy)].join(', ')}; its knee may be theirs.`,
        ]
      : []),
  ];
}
