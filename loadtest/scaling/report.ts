/** The scaling proof as text. Pure: the same from a run just done and from a kept `scaling.json`. */
import { numeral, textTable } from '../report/text-table.js';
import { figuresOfPoint, type PointFigures, SCALING_LIMITS } from './figures.js';
import { efficiencySpreads, medianPoints } from './medians.js';
import { NAMES } from './names.js';
import { coresUntilSerial, costsOf, PROJECTED_CORES, project } from './projection.js';
import { textChart } from './text-chart.js';
import type { ScalingPlan, ScalingRecord, ScalingTarget } from './words.js';

export function renderScaling(record: ScalingRecord): string {
  const all = record.points.map(figuresOfPoint);
  const points = medianPoints(all);
  const sections = [
    pointTable(points),
    textChart(points),
    efficiencyTable(efficiencySpreads(all)),
    renderProjection(points),
    notes(record.plan),
    warnings(all, record.missing),
  ];
  return sections.filter(Boolean).join('\n\n');
}

/** What will be done, before it is. */
export function renderScalingHead(plan: ScalingPlan, seconds: number): string {
  const { cores, share, askedShare, curve, rounds, users, timeScale } = plan;
  const each = percent(share, 0);
  const reduced = `! ${percent(askedShare, 0)} of a core for each of ${Math.max(...curve)} workers would leave too little of this machine to the mock and the generators: each gets ${each} (a shorter --curve leaves more)`;
  return [
    ...(share < askedShare ? [reduced] : []),
    `emulated cores: each worker process on ${each} of a core, ${curve.join(', ')} workers, ${rounds} ${rounds === 1 ? 'round' : 'rounds'}; ${users} users at ${cores} workers, as many for each at the others`,
    `mock-round at ${numeral(1 / timeScale, 1)} × the published speed; each point ${plan.freeSeconds} s free, ${plan.settleSeconds} s settling, ${plan.durationSeconds} s measured; about ${numeral(seconds / 60, 1)} min in all`,
  ].join('\n');
}

const HEAD = [
  'workers',
  'target',
  'users',
  'chunks/s',
  'RPS',
  'P95 ms',
  'demand met',
  'CPU %',
  'of allowed',
  'stopped',
  'periods',
  'RPS per 1 %',
  'CPU-s/1k chunks',
  'primary CPU %',
  'worker CPU %',
  'machine idle',
];

function pointTable(points: readonly PointFigures[]): string {
  const rows = points.map((point) => [
    `${point.workers}${point.faults.length > 0 ? ' !' : ''}`,
    NAMES[point.target],
    numeral(point.users),
    numeral(point.chunks),
    numeral(point.rps, 1),
    numeral(point.p95),
    percent(point.demandMet, 0),
    numeral(point.cpu * 100, 1),
    percent(point.used, 0),
    percent(point.throttledTime, 0),
    percent(point.throttledPeriods, 0),
    numeral(point.rpsPerCpuPercent, 3),
    numeral(point.cpuPerThousandChunks, 4),
    point.target === 'cluster' ? numeral(point.rootCpu * 100, 2) : '–',
    point.target === 'cluster' ? `${numeral(point.leastWorkerCpu * 100, 1)}–${numeral(point.mostWorkerCpu * 100, 1)}` : '–',
    percent(point.machineIdle, 0),
  ]);
  return textTable(HEAD, rows);
}

function efficiencyTable(scaling: ReturnType<typeof efficiencySpreads>): string {
  if (scaling.length === 0) return '';
  const rows = scaling.map((one) => [
    `${NAMES[one.target]} ×${one.workers}`,
    numeral(one.efficiency, 3),
    one.rounds > 1 ? `${numeral(one.spread.least, 3)}–${numeral(one.spread.most, 3)}` : '–',
    numeral(one.rpsEfficiency, 3),
    numeral(one.cpuPart, 3),
    numeral(one.costPart, 3),
    one.target === 'cluster' ? (one.efficiency >= SCALING_LIMITS.efficiency ? 'reached' : 'missed') : '–',
  ]);
  const head = [
    'scaling efficiency',
    'chunks/s',
    'over rounds',
    'RPS',
    '= CPU got',
    '× work per CPU',
    `bar ${SCALING_LIMITS.efficiency}`,
  ];
  return textTable(head, rows);
}

/** On paper only, and it says so in its first line. */
export function renderProjection(points: readonly PointFigures[]): string {
  const targets: ScalingTarget[] = ['cluster', 'go', 'single'];
  const known = targets.flatMap((target) => {
    const costs = costsOf(points, target);
    return costs ? [{ target, costs }] : [];
  });
  if (known.length === 0) return '';
  const rows = PROJECTED_CORES.flatMap((cores) =>
    known.map(({ target, costs }) => {
      const at = project(costs, target, cores);
      const primary = target === 'cluster' ? percent(at.serialCore, 0) : '–';
      return [`${cores} cores, ${NAMES[target]}`, numeral(at.chunks), numeral(at.rps), primary];
    }),
  );
  const cluster = known.find((one) => one.target === 'cluster')?.costs;
  const until = cluster ? `\nThe one primary would limit from ${numeral(coresUntilSerial(cluster))} cores on.` : '';
  return `PROJECTION, NOT MEASURED: cores ÷ CPU-seconds per 1,000 chunks of the largest sound point, all cores busy\n${textTable(
    ['', 'chunks/s', 'RPS', "primary's core"],
    rows,
  )}${until}`;
}

function notes(plan: ScalingPlan): string {
  return [
    'Figures are medians over the sound rounds (--repeats); efficiency is taken within each round.',
    `All processes of a point share workers × ${percent(plan.share, 0)} of a core, no process of the gateway has more than ${percent(plan.share, 0)}; the primary counts in that total.`,
    'Go has the same total in one group, with GOMAXPROCS = workers; the single process has one share and everybody’s users.',
    'CPU %, RPS per 1 %: of one core, used. Stopped: part of the time in which a process stood still for its own limit; periods: those in which it or the whole was stopped.',
    'P95 of an overloaded target is a lower bound: limits are lifted for the drain. Method and what it cannot show: docs/decisions/0006-emulated-cores.md.',
  ].join('\n');
}

function warnings(points: readonly PointFigures[], missing: readonly string[]): string {
  const faults = points.flatMap((point) =>
    point.faults.map((fault) => `! round ${point.round}, ${NAMES[point.target]} ×${point.workers}: ${fault}`),
  );
  return [...missing.map((reason) => `! ${reason}`), ...faults].join('\n');
}

function percent(share: number | undefined, decimals: number): string {
  return share === undefined ? '–' : `${numeral(100 * share, decimals)} %`;
}
