/** Seed 003: memory that was not given back an hour after the load. Load comes and goes several times; what stays must not grow. */
import { setTimeout as sleep } from 'node:timers/promises';
import { collectGarbage } from '../engine/mock-control.js';
import type { RunningTarget } from '../engine/targets/target.js';
import { atMost, exactly } from '../thresholds/checks.js';
import type { Findings } from './findings.js';
import type { Scenario, Stage } from './scenario.js';
import { type CallResult, failed, tellEndings } from './tools/caller.js';
import { closedLoop } from './tools/closed-loop.js';
import { Crowd } from './tools/crowd.js';
import { figure } from './tools/figures.js';
import { chatRequest, type Place } from './tools/requests.js';
import { peak, pointsOf, pssMb, type Seen, Watch } from './tools/watch.js';

const PACES = {
  quick: { cycles: 3, streams: 1_000, seconds: 3, restSeconds: 2 },
  full: { cycles: 5, streams: 4_000, seconds: 60, restSeconds: 300 },
};
/** An event a second: what is to be held is memory, not a core. */
const MODEL = 'mock-paced-100000x1000';
const BODY = 'a long prompt that has to be kept until its answer has begun. '.repeat(5_000);
const SETTLE_MS = 1_000;
const MOST_ROUNDS_OF_GC = 3;

export const memoryBack: Scenario = {
  name: 'memory-back',
  title: 'memory given back after the load, and none kept from one load to the next',
  source: 'seed 003, problem 7',
  seconds: { quick: 35, full: 1_900 },
  run: memoryBackOn,
};

/** One load and what is left of it. */
interface Cycle {
  readonly peak: number;
  /** After a rest without being asked to collect, and after a collection; MB. */
  readonly rested: number;
  readonly collected: number;
  readonly begun: number;
  readonly posts: readonly CallResult[];
}

async function memoryBackOn(stage: Stage): Promise<Findings> {
  const pace = PACES[stage.pace];
  const mock = await stage.startMock({ maxConcurrent: 10_000, args: ['--body-limit', '1mb'] });
  const gateway = await stage.startTarget('cluster', { mockUrl: mock.origin, credentials: 50 });
  const place = { origin: gateway.url, key: gateway.keys[0] ?? '' };
  const watch = new Watch(gateway.pids().slice(0, 1));
  await sleep(SETTLE_MS);
  const cold = pssMb(watch.look());
  const cycles: Cycle[] = [];
  const marks: { label: string; from: number; to: number }[] = [];
  // The first one fills caches and compiles the hot path: it is the yardstick of those behind it.
  for (let round = 1; round <= pace.cycles && !stage.interrupt.aborted; round++) {
    stage.say(`load ${round} of ${pace.cycles}`);
    const from = watch.now;
    cycles.push(await cycle(gateway, place, watch, pace));
    marks.push({ label: `load ${round}`, from, to: from + pace.seconds });
    stage.progress(round / pace.cycles);
  }
  watch.stop();
  return { ...judged(cycles, cold, pace), charts: [chartOf(watch.seen, marks)] };
}

async function cycle(
  gateway: RunningTarget,
  place: Place,
  watch: Watch,
  { streams, seconds, restSeconds }: (typeof PACES)['full'],
) {
  const from = watch.now;
  const crowd = await Crowd.gather({
    ...{ origin: place.origin, count: streams, rampMs: 1_000 },
    request: (index) => chatRequest(place, { model: MODEL, stream: true, session: `memory-${index}` }),
  });
  const { begun } = crowd;
  const posts = await closedLoop({
    ...{ origin: place.origin, callers: 8, seconds },
    request: (index) => chatRequest(place, { model: 'mock-instant', stream: false, session: `post-${index}`, prompt: BODY }),
  });
  watch.look();
  crowd.close();
  await crowd.ended();
  const top = peak(watch.between(from, Number.POSITIVE_INFINITY), pssMb);
  await sleep(restSeconds * 1000);
  const rested = pssMb(watch.look());
  const collected = await afterCollection(gateway, watch);
  return { peak: top, rested, collected, begun, posts: posts.results };
}

/** One collection may leave what the next one frees (finalizers, pages not given back yet): the least of several. */
async function afterCollection({ adminUrl }: RunningTarget, watch: Watch): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < MOST_ROUNDS_OF_GC; round++) {
    if (adminUrl === undefined || !(await collectGarbage(adminUrl))) return Number.NaN;
    await sleep(SETTLE_MS);
    least = Math.min(least, pssMb(watch.look()));
  }
  return least;
}

function judged(cycles: readonly Cycle[], cold: number, { streams }: { readonly streams: number }): Findings {
  const [first, last] = [cycles[0], cycles.at(-1)];
  const lost = failed(cycles.flatMap(({ posts }) => posts));
  const notBegun = cycles.reduce((sum, { begun }) => sum + streams - begun, 0);
  const top = Math.max(...cycles.map((one) => one.peak));
  const growth = (last?.collected ?? Number.NaN) - (first?.collected ?? Number.NaN);
  const lower = { better: 'lower' } as const;
  return {
    checks: [
      exactly('requests that failed', lost.length, 0, '', tellEndings(lost)),
      exactly('streams that did not begin', notBegun, 0),
      atMost(
        'memory after the last load, more than after the first',
        growth,
        10 + 0.1 * (first?.collected ?? 0),
        'MB',
        'a tenth and 10 MB',
      ),
      atMost('of what the load took, kept after it', kept(last, cold, top), 75, '%', 'compiled code and caches stay'),
    ],
    figures: [
      figure('cold', 'memory before any load (PSS)', 'MB', 'gateway', cold, lower),
      figure('peak', 'peak memory under load (PSS)', 'MB', 'gateway', top, lower),
      figure('rested', 'after the last load and a rest (PSS)', 'MB', 'gateway', last?.rested ?? Number.NaN, {
        ...lower,
        published: 'not given back for over an hour',
      }),
      figure('collected_first', 'after the first load, collected (PSS)', 'MB', 'gateway', first?.collected ?? Number.NaN, lower),
      figure('collected_last', 'after the last load, collected (PSS)', 'MB', 'gateway', last?.collected ?? Number.NaN, lower),
      figure('kept', 'of what the load took, kept', '%', 'gateway', kept(last, cold, top), lower),
    ],
    notes: [
      `Each load: ${streams} streams and prompts of 300 KB, eight at a time, then all leave in the middle of their streams.`,
      'There is no control past the gateway: its memory is what is measured. The first load is the control of the later ones.',
    ],
  };
}

function kept(last: Cycle | undefined, cold: number, top: number): number {
  return (100 * ((last?.collected ?? Number.NaN) - cold)) / (top - cold);
}

function chartOf(seen: readonly Seen[], marks: { label: string; from: number; to: number }[]) {
  return {
    ...{ title: 'Memory while load comes and goes', kind: 'line' as const, marks },
    ...{ x: { label: 'time', unit: 's' }, y: { label: 'memory (PSS)', unit: 'MB' } },
    series: [{ name: 'gateway', points: pointsOf(seen, pssMb) }],
  };
}
