/** Seed 002, 6: many streams at once, first past the gateway and then through it; nothing is lost, and what each event costs is told. */
import { type Figures, figuresOf } from '../report/figures.js';
import { judge } from '../report/validity.js';
import type { RunPlan, RunResult } from '../result.js';
import { atLeast, atMost, exactly } from '../thresholds/checks.js';
import type { Check, Figure, Findings } from './findings.js';
import type { Pace, Scenario, Stage } from './scenario.js';
import { figure } from './tools/figures.js';

/** Two-second streams of 40 events: 20 events a second for each user. */
const MODEL = 'mock-paced-40x50+stamps';
const PLANS: Readonly<Record<Pace, Partial<RunPlan>>> = {
  quick: { vus: 150, durationSeconds: 6, warmupSeconds: 2, idleSeconds: 2, rampSeconds: 1, skipMemory: true },
  full: { vus: 1_000, durationSeconds: 60, warmupSeconds: 5, idleSeconds: 5, rampSeconds: 2 },
};
/** The seed's own ten at a time, each stream about as long as theirs was. */
const TEN: Partial<RunPlan> = { vus: 10, warmupSeconds: 1, model: 'mock-paced-12x5', idleSeconds: 1, skipMemory: true };
const PUBLISHED: Partial<Record<keyof Figures, string>> = { p50: '58.32 ms', p99: '60.41 ms', rps: '124.72' };

export const streamingThroughput: Scenario = {
  name: 'streaming-throughput',
  number: '6',
  title: 'many streams at once, past the gateway and through it: events a second, first tokens, CPU for each event',
  source: 'seed 002, scenario 6',
  seconds: { quick: 50, full: 260 },
  run: runStreamingThroughput,
};

async function runStreamingThroughput(stage: Stage): Promise<Findings> {
  const runs: RunResult[] = [];
  const seconds = stage.pace === 'quick' ? 3 : 20;
  const plans = [
    { ...TEN, durationSeconds: seconds },
    { ...PLANS[stage.pace], model: MODEL },
  ];
  for (const plan of plans)
    for (const target of ['direct', 'cluster']) {
      if (stage.interrupt.aborted) break;
      stage.say(`${plan.vus} streams at a time, ${target === 'direct' ? 'past the gateway' : 'through it'}`);
      runs.push(await stage.measure({ ...plan, credentials: 100, target }));
      stage.progress(runs.length / 4);
    }
  const [tenDirect, ten, direct, gateway] = runs;
  if (!tenDirect || !ten || !direct || !gateway) return { checks: [], figures: [], runs };
  return {
    checks: [...checksOf(tenDirect, ten), ...checksOf(direct, gateway)],
    figures: [...figuresFor(tenDirect), ...figuresFor(ten), ...figuresFor(direct), ...figuresFor(gateway)],
    runs,
    notes: [
      'A closed loop before a paced mock: events a second follow from the users and the pace. CPU for 1,000 events is what the gateway costs.',
      'The published ten streams were of the mock alone, each written at once after 55 ms.',
    ],
    invalid: runs.flatMap((run) => judge(run).invalid.map((why) => `${run.plan.label}, ${run.plan.vus} users: ${why}`)),
  };
}

function checksOf(direct: RunResult, gateway: RunResult): Check[] {
  const [past, through] = [figuresOf(direct), figuresOf(gateway)];
  const { counts, mock, plan } = gateway;
  const name = `${plan.vus} streams:`;
  const hint = 'what disturbs the machine disturbs both';
  return [
    exactly(`${name} streams that were not whole`, counts.sent - counts.ok, 0),
    exactly(`${name} events that were lost or made up`, Math.abs(counts.events - (mock?.events ?? Number.NaN)), 0),
    atLeast(`${name} requests a second over those past the gateway`, through.rps / past.rps, 0.4, 'x', hint),
    atMost(
      `${name} time to the first token P50 over that past the gateway`,
      (through.ttftP50 ?? Number.NaN) - (past.ttftP50 ?? 0),
      250,
      'ms',
      hint,
    ),
    atMost(
      `${name} time to the first token P99 over three times that past the gateway`,
      (through.ttftP99 ?? Number.NaN) - 3 * (past.ttftP99 ?? 0),
      500,
      'ms',
    ),
  ];
}

interface Row {
  readonly name: keyof Figures;
  readonly label: string;
  readonly unit: string;
  readonly better?: Figure['better'];
}

const ROWS: readonly Row[] = [
  { name: 'rps', label: 'streams a second', unit: '1/s', better: 'higher' },
  { name: 'p50', label: 'length of a stream P50', unit: 'ms', better: 'lower' },
  { name: 'p99', label: 'length of a stream P99', unit: 'ms', better: 'lower' },
  { name: 'ttftP50', label: 'time to the first token P50', unit: 'ms', better: 'lower' },
  { name: 'ttftP99', label: 'time to the first token P99', unit: 'ms', better: 'lower' },
  { name: 'cpuPerThousandEvents', label: 'CPU-seconds per 1,000 events', unit: 's', better: 'lower' },
  { name: 'peakPss', label: 'peak memory (PSS)', unit: 'MB', better: 'lower' },
];

function figuresFor(run: RunResult): Figure[] {
  const figures = figuresOf(run);
  const { vus, target } = run.plan;
  const where = target === 'direct' ? 'direct' : 'gateway';
  const rows = ROWS.flatMap(({ name, label, unit, better }) => {
    const value = figures[name];
    const published = vus === TEN.vus && where === 'direct' ? PUBLISHED[name] : undefined;
    const more = { ...(better && { better }), ...(published && { published }) };
    return value === undefined ? [] : [figure(`${name}_${vus}`, `${vus} at a time: ${label}`, unit, where, value, more)];
  });
  const eventRate = run.counts.events / run.untilLastEnd;
  return [...rows, figure(`events_${vus}`, `${vus} at a time: events a second`, '1/s', where, eventRate, { better: 'higher' })];
}
