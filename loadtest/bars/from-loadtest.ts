/** Rows out of what `npm run loadtest` wrote: what was measured there is not measured again. Pure. */
import { figuresOf } from '../report/figures.js';
import { judge } from '../report/validity.js';
import type { RunResult, Summary } from '../result.js';
import { figuresOfPoint, scalingOf } from '../scaling/figures.js';
import type { ScalingRecord } from '../scaling/words.js';
import type { BarId } from './bar-table.js';
import { BARS_SCHEMA_VERSION, type BarsRun } from './figure.js';
import { median, pairedRatio, spreadOf } from './statistics.js';
import { figure } from './verdict.js';

/** The bars' worker counts. */
const SCALED: readonly [number, BarId][] = [
  [2, 'scaling-2'],
  [4, 'scaling-4'],
  [8, 'scaling-8'],
];
const ROUND_2_VUS = 1000;
const [OURS, THEIRS] = ['cluster', 'conventional'];

/** A comparison's `summary.json` or the scaling proof's `scaling.json`, as it was read. */
export function runFromLoadtest(record: Summary | ScalingRecord, file: string): BarsRun {
  return 'kind' in record ? runFromScaling(record, file) : runFromSummary(record, file);
}

/** Throughput of k workers over k × one. A point with a fault is no measurement: it is told and gives no figure. */
function runFromScaling(record: ScalingRecord, file: string): BarsRun {
  const points = record.points.filter(({ plan }) => plan.target === 'cluster').map(figuresOfPoint);
  const faults = points.flatMap(({ workers, faults }) => faults.map((fault) => `scaling, ${workers} workers: ${fault}`));
  const isSound = (workers: number): boolean => points.some((point) => point.workers === workers && point.faults.length === 0);
  const figures = scalingOf(points).flatMap(({ workers, efficiency, cpuPart, costPart }) => {
    const bar = SCALED.find(([count]) => count === workers)?.[1];
    const behind = `CPU got ${cpuPart.toFixed(3)} of the ideal × work per CPU ${costPart.toFixed(3)} of one worker's`;
    return bar && isSound(workers) && isSound(1) ? [figure(bar, spreadOf([efficiency]), [behind])] : [];
  });
  const [first] = record.points;
  if (!first || figures.length === 0)
    throw new Error(`${file} holds no valid points of one and more workers; ${faults.join('; ')}`);
  const { environment, plan } = record;
  return {
    ...{ schemaVersion: BARS_SCHEMA_VERSION, source: 'scaling', startedAt: first.run.startedAt, command: `--from ${file}` },
    machine: { ...environment, gatewayNode: environment.node, stealPercent: stealOf(record.points.map(({ run }) => run)) },
    pace: { rounds: 1, windowSeconds: plan.durationSeconds, settleSeconds: plan.settleSeconds },
    figures,
    problems: [...faults, ...record.missing],
  };
}

function stealOf(runs: readonly RunResult[]): number {
  return median(runs.flatMap((run) => run.samples.map((sample) => sample.stealPercent))) || 0;
}

/** Cluster over the conventional process, repeat by repeat. Throws when the summary does not hold both in round 2's size. */
function runFromSummary(summary: Summary, file: string): BarsRun {
  const [ours, theirs] = [OURS, THEIRS].map((target) => runsOf(summary, target));
  const ratio = pairedRatio((ours ?? []).map(efficiency), (theirs ?? []).map(efficiency));
  const [first] = ours ?? [];
  if (ratio.rounds === 0 || !first)
    throw new Error(`${file} does not hold valid runs of ${OURS} and of ${THEIRS} with ${ROUND_2_VUS} users`);
  const behind = [inWords(OURS, ours), inWords(THEIRS, theirs)];
  return {
    ...{ schemaVersion: BARS_SCHEMA_VERSION, source: 'round-2', startedAt: first.startedAt, command: `--from ${file}` },
    machine: { ...summary.environment, gatewayNode: summary.environment.node, stealPercent: stealOf(summary.runs) },
    pace: { rounds: ratio.rounds, windowSeconds: first.plan.durationSeconds, settleSeconds: first.plan.warmupSeconds },
    figures: [figure('rps-per-cpu', ratio, behind)],
    problems: [...summary.invalid],
  };
}

/** In the order of their repeats. One that is not valid keeps its place, as a number that is none. */
function runsOf(summary: Summary, target = ''): RunResult[] {
  return summary.runs.filter(({ plan }) => plan.target === target && plan.vus === ROUND_2_VUS);
}

function efficiency(run: RunResult): number {
  const isSound = judge(run).invalid.length === 0 && !run.interrupted;
  return (isSound ? figuresOf(run).rpsPerServerCpu : undefined) ?? Number.NaN;
}

function inWords(target = '', runs: readonly RunResult[] = []): string {
  const average = median(runs.map((run) => figuresOf(run).rpsPerAverageCpu ?? Number.NaN).filter(Number.isFinite));
  const peak = median(runs.map(efficiency).filter(Number.isFinite));
  return `${target}: ${peak.toFixed(2)} RPS per 1 % CPU (over the average instead of the peak: ${average.toFixed(2)})`;
}
