/** Seed 000: so many users stream chat over so many credentials; the same load straight to the mock is the control. */
import { ROUNDS } from '../options.js';
import { type Figures, figuresOf } from '../report/figures.js';
import { PUBLISHED, type PublishedColumn } from '../report/published.js';
import { judge } from '../report/validity.js';
import type { RunPlan, RunResult } from '../result.js';
import { atLeast, atMost, exactly } from '../thresholds/checks.js';
import type { Check, Figure, Findings } from './findings.js';
import type { Pace, Scenario, Stage } from './scenario.js';
import { figure } from './tools/figures.js';

/** A row of the published tables: our figure, and the column's that it stands beside. */
interface Row {
  readonly name: keyof Figures;
  readonly label: string;
  readonly unit: string;
  readonly theirs?: keyof PublishedColumn;
  readonly better?: Figure['better'];
}

const ROWS: readonly Row[] = [
  { name: 'rps', label: 'requests a second, until the last stream ended', unit: '1/s', theirs: 'rps', better: 'higher' },
  { name: 'requests', label: 'requests', unit: '', theirs: 'requests' },
  { name: 'average', label: 'average latency', unit: 'ms', theirs: 'average', better: 'lower' },
  { name: 'p50', label: 'latency P50', unit: 'ms', theirs: 'p50', better: 'lower' },
  { name: 'p95', label: 'latency P95', unit: 'ms', theirs: 'p95', better: 'lower' },
  { name: 'success', label: 'success', unit: '%', theirs: 'success', better: 'higher' },
  { name: 'events', label: 'SSE chunks', unit: '', theirs: 'events' },
  { name: 'ttftP50', label: 'time to first token P50', unit: 'ms', better: 'lower' },
  { name: 'ttftP99', label: 'time to first token P99', unit: 'ms', better: 'lower' },
  { name: 'cpuPerThousandEvents', label: 'CPU-seconds per 1,000 chunks', unit: 's', better: 'lower' },
  { name: 'idleCpu', label: 'CPU at rest, of one core', unit: '%', theirs: 'idleCpu', better: 'lower' },
  { name: 'peakCpu', label: 'CPU of the busiest second, of one core', unit: '%', theirs: 'peakCpu', better: 'lower' },
  { name: 'idleRss', label: 'memory at rest (RSS)', unit: 'MB', theirs: 'idleMemory', better: 'lower' },
  { name: 'peakRss', label: 'peak memory (RSS)', unit: 'MB', theirs: 'peakMemory', better: 'lower' },
  { name: 'peakPss', label: 'peak memory (PSS)', unit: 'MB', better: 'lower' },
  { name: 'afterRss', label: 'memory after GC (RSS)', unit: 'MB', theirs: 'memoryAfter', better: 'lower' },
  { name: 'fds', label: 'peak file descriptors', unit: '', theirs: 'fds', better: 'lower' },
  { name: 'threads', label: 'threads', unit: '', theirs: 'threads' },
  { name: 'rpsPerServerCpu', label: 'RPS per 1 % of a 4-core server', unit: '1/s', theirs: 'rpsPerServerCpu', better: 'higher' },
  { name: 'rpsPerMb', label: 'RPS per MB', unit: '1/s', theirs: 'rpsPerMb', better: 'higher' },
];

/** How long each run is. The time scale of round 1 keeps its quick form short; round 2 has to stay what it is:
 * 15,000 chunks a second, which the own engine drives at half of autocannon's CPU: with that the generator was late where two cores serve all. */
const QUICK: Readonly<Record<1 | 2, Partial<RunPlan>>> = {
  1: { durationSeconds: 8, timeScale: 0.5, idleSeconds: 3 },
  2: { durationSeconds: 10, idleSeconds: 3, engine: 'own' },
};
const FULL_COLUMNS = ['cluster', 'direct', 'single', 'conventional', 'go'];

export function roundScenario(round: 1 | 2): Scenario {
  const { vus, credentials, durationSeconds } = ROUNDS[round];
  return {
    name: `round-${round}`,
    title: `${vus} users stream chat over ${credentials} credentials for ${durationSeconds} s, beside the published columns`,
    source: `seed 000, round ${round}`,
    seconds: { quick: round === 1 ? 50 : 75, full: FULL_COLUMNS.length * (durationSeconds + 40) },
    run: (stage) => runRound(stage, round),
  };
}

async function runRound(stage: Stage, round: 1 | 2): Promise<Findings> {
  const columns = stage.pace === 'quick' ? ['cluster', 'direct'] : FULL_COLUMNS;
  const runs: RunResult[] = [];
  const notes: string[] = [];
  for (const [index, target] of columns.entries()) {
    if (stage.interrupt.aborted) break;
    stage.say(`round ${round}: ${target}`);
    try {
      runs.push(await stage.measure(planOf(round, stage.pace, target)));
    } catch (error) {
      if (target === 'cluster' || target === 'direct') throw error;
      notes.push(`no ${target} column: ${(error as Error).message}`);
    }
    stage.progress((index + 1) / columns.length);
  }
  const [cluster, direct] = runs;
  if (!cluster || !direct)
    return { checks: [], figures: [], runs, notes, invalid: ['interrupted before both columns were there'] };
  return {
    checks: checksOf(cluster, direct),
    figures: runs.flatMap((run) => figuresFor(run, round)),
    runs,
    notes: [...notes, ...notesOf(stage.pace, round)],
    invalid: runs.flatMap((run) => judge(run).invalid.map((why) => `${run.plan.label}: ${why}`)),
  };
}

function planOf(round: 1 | 2, pace: Pace, target: string): Partial<RunPlan> & { target: string } {
  const common = { ...ROUNDS[round], target };
  // What the control would say of memory is not asked for: it is the mock.
  return pace === 'quick' ? { ...common, ...QUICK[round] } : common;
}

function checksOf(cluster: RunResult, direct: RunResult): Check[] {
  const [through, past] = [figuresOf(cluster), figuresOf(direct)];
  return [
    exactly('success through the gateway', through.success, 100, '%'),
    atLeast('sessions that came to the mock', cluster.mock?.sessions, cluster.plan.vus, '', 'each user at least one'),
    exactly('sessions that changed their credential', cluster.mock?.sessionKeyChanges, 0),
    exactly('credentials that were used', cluster.mock?.keys, cluster.plan.credentials),
    atLeast(
      'requests a second over those past the gateway',
      through.rps / past.rps,
      0.75,
      'x',
      'the published Node had 0.57 of the Go',
    ),
    atMost(
      'average latency over that past the gateway',
      (through.average ?? Number.NaN) / (past.average ?? Number.NaN),
      1.5,
      'x',
      "the published Node's was 1.75 of the Go's",
    ),
  ];
}

function figuresFor(run: RunResult, round: 1 | 2): Figure[] {
  const figures = figuresOf(run);
  const where = run.plan.target === 'cluster' ? 'gateway' : run.plan.target;
  return ROWS.flatMap(({ name, label, unit, theirs, better }) => {
    const value = figures[name];
    const published = where === 'gateway' && theirs ? publishedText(round, theirs) : undefined;
    return value === undefined
      ? []
      : [figure(name, label, unit, where, value, { ...(published && { published }), ...(better && { better }) })];
  });
}

/** `Go 6.69, Node.js 6.72, Next.js 6.82`; undefined where the seed has none. */
function publishedText(round: 1 | 2, name: keyof PublishedColumn): string | undefined {
  const parts = PUBLISHED[round].filter((column) => column[name] !== null).map((column) => `${column.name} ${column[name]}`);
  return parts.length > 0 ? parts.join(', ') : undefined;
}

function notesOf(pace: Pace, round: 1 | 2): string[] {
  const loop =
    'A closed loop before a paced mock: requests a second follow from the users and the streams; read CPU a chunk first.';
  const { timeScale = 1, durationSeconds } = QUICK[round];
  if (pace === 'full') return [loop];
  const scale = timeScale === 1 ? '' : ` and streams ${1 / timeScale} times as fast`;
  return [
    loop,
    `Quick: ${durationSeconds} s of load${scale}, so requests, latencies and rates are not those of the published length.`,
  ];
}
