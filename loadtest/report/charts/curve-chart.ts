/** Percentile curves on an axis of nines: each step to the right is ten times rarer. Pure. */
import type { PercentilePoint, RunResult } from '../../result.js';
import type { Chart, ChartSeries } from '../../scenarios/findings.js';

const MEASURES = { ttft: 'first token', latency: 'whole stream', gap: 'gap between events' } as const;
type Measure = keyof typeof MEASURES;

const TICKS: [number, string][] = [
  ...([0, 50, 75] as const).map((percent): [number, string] => [nines(percent), `${percent} %`]),
  ...[90, 99, 99.9, 99.99, 99.999, 99.9999].map((percent): [number, string] => [nines(percent), `${percent} %`]),
];

/** One run: a line for each of its times. Several: a line for each run of one time. Undefined without curves. */
export function curveChart(runs: readonly RunResult[], measure?: Measure): Chart | undefined {
  const series = measure ? runs.flatMap((run) => curveOf(run, measure, nameOf(run, runs))) : ownCurves(runs);
  if (series.length === 0) return undefined;
  return {
    title: measure ? `Percentiles, ${MEASURES[measure]}` : 'Percentiles',
    kind: 'line',
    x: { label: 'percentile', ticks: TICKS },
    y: { label: 'time', unit: 'ms', scale: 'log' },
    series,
  };
}

function ownCurves(runs: readonly RunResult[]): ChartSeries[] {
  return runs.flatMap((run) => (Object.keys(MEASURES) as Measure[]).flatMap((one) => curveOf(run, one, MEASURES[one])));
}

function curveOf(run: RunResult, measure: Measure, name: string): ChartSeries[] {
  const curve = run.curves?.[measure];
  if (!curve || curve.length < 3) return [];
  return [{ name, points: curve.map((point, index): [number, number] => [placeOf(point, curve[index - 1]), point[1]]) }];
}

/** The slowest of all stands where the next step of the curve would be: 100 % itself is infinitely far. */
function placeOf([percent]: PercentilePoint, before: PercentilePoint | undefined): number {
  return percent < 100 ? nines(percent) : nines(before?.[0] ?? 0) + 0.1;
}

function nines(percent: number): number {
  return -Math.log10(1 - percent / 100);
}

function nameOf({ plan }: RunResult, runs: readonly RunResult[]): string {
  const isRepeated = runs.filter((run) => run.plan.label === plan.label).length > 1;
  return isRepeated ? `${plan.label}, run ${plan.repeat ?? runs.findIndex((run) => run.plan === plan) + 1}` : plan.label;
}
