/** How much the gateway carries: a climb of users that wait (closed model) and one of streams that do not (open model), each ending in a band. */
import { performance } from 'node:perf_hooks';
import { Climb, type ClimbPlan } from '../capacity/climb.js';
import { type Climbed, climbChart, climbChecks, climbFigures, climbInvalid, climbNotes } from '../capacity/findings.js';
import { RungRunner, type RungWish } from '../capacity/rung-runner.js';
import type { LoadModel, Promises } from '../capacity/words.js';
import type { RunResult } from '../result.js';
import { exactly } from '../thresholds/checks.js';
import type { Findings } from './findings.js';
import type { Pace, Scenario, Stage } from './scenario.js';

/** Interactive use: a first word within 0.3 s (of which the mock takes 0.02), words that never stand for 0.1 s on their way. */
const PROMISES: Promises = { ttftP99: 300, lagP99: 100 };

interface Extent {
  rung: RungWish;
  climbs: Readonly<Record<LoadModel, Omit<ClimbPlan, 'promises'>>>;
  /** All climbs together end after so many seconds. */
  seconds: number;
}

const EXTENTS: Readonly<Record<Pace, Extent>> = {
  quick: {
    rung: { settle: 0.5, window: 1.2, windows: 1, freshGateway: false },
    climbs: {
      users: { lowest: 10, factor: 4, highest: 640, checks: 1 },
      rate: { lowest: 20, factor: 4, highest: 1_280, checks: 1 },
    },
    seconds: 34,
  },
  full: {
    rung: { settle: 3, window: 10, windows: 3, freshGateway: true },
    climbs: {
      users: { lowest: 25, factor: 2, highest: 5_000, checks: 3 },
      rate: { lowest: 50, factor: 2, highest: 10_000, checks: 3 },
    },
    seconds: 1_800,
  },
};

export const capacity: Scenario = {
  name: 'capacity',
  title: 'most users at once and most streams a second with every promise kept, as bands with the reason they end',
  source: 'issue 7: capacity',
  seconds: { quick: 45, full: 1_200 },
  run: runCapacity,
};

async function runCapacity(stage: Stage): Promise<Findings> {
  const extent = EXTENTS[stage.pace];
  const runner = new RungRunner(stage, extent.rung);
  await runner.ready();
  const climbs: Climbed[] = [];
  for (const model of ['users', 'rate'] as const) {
    const until = performance.now() + (extent.seconds * 1000) / 2;
    climbs.push(await climb(stage, runner, model, { ...extent.climbs[model], promises: PROMISES }, until));
    stage.progress(climbs.length / 2);
  }
  return {
    checks: [
      ...climbs.flatMap((one) => climbChecks(one, extent.climbs[one.model].lowest)),
      exactly('events missing, doubled or out of order', spoiled(runner.runs), 0),
    ],
    figures: climbs.flatMap(climbFigures),
    charts: climbs.filter(({ rungs }) => rungs.length > 0).map(climbChart),
    invalid: stage.interrupt.aborted ? [] : climbs.flatMap((one) => climbInvalid(one, PROMISES)),
    notes: [
      `Promised at every rung: no failure, first token P99 <= ${PROMISES.ttftP99} ms, event lag P99 <= ${PROMISES.lagP99} ms. Streams of 20 chunks in 0.2 s.`,
      'Gateway, mock and generator share the machine: a gateway alone on as many cores carries more.',
      ...climbs.flatMap(climbNotes),
    ],
  };
}

async function climb(stage: Stage, runner: RungRunner, model: LoadModel, plan: ClimbPlan, until: number): Promise<Climbed> {
  const climb = new Climb(plan);
  while (climb.next !== undefined && !stage.interrupt.aborted && performance.now() < until) {
    const level = climb.next;
    stage.say(`${model === 'users' ? 'users' : 'streams a second'}: rung ${climb.rungs.length + 1}, ${level}`);
    const rung = await runner.measure(model, level, 'gateway');
    if (rung.windows.length === 0) break;
    const { fault, detail } = climb.take(rung);
    stage.say(`  ${fault ?? 'sustained'}: ${detail}`);
  }
  const isOver = climb.next === undefined;
  const end = climb.rungs.find(({ fault }) => fault) ?? climb.rungs.at(-1);
  const ceiling = end && !stage.interrupt.aborted ? await runner.measure(model, end.level, 'direct') : undefined;
  return { model, rungs: climb.rungs, isOver, ...(ceiling && ceiling.windows.length > 0 && { ceiling }) };
}

function spoiled(runs: readonly RunResult[]): number {
  return runs.reduce((sum, { counts }) => sum + (counts.missing ?? 0) + (counts.doubled ?? 0) + (counts.reordered ?? 0), 0);
}
