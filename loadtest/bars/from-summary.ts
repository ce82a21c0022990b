/** The row on round 2 out of a comparison that `npm run loadtest` wrote: what was measured once is not measured again. */
import { figuresOf } from '../report/figures.js';
import { judge } from '../report/validity.js';
import type { RunResult, Summary } from '../result.js';
import { BARS_SCHEMA_VERSION, type BarsRun } from './figure.js';
import { median, pairedRatio } from './statistics.js';
import { figure } from './verdict.js';

const ROUND_2_VUS = 1000;
const [OURS, THEIRS] = ['cluster', 'conventional'];

/** Cluster over the conventional process, repeat by repeat. Throws when the summary does not hold both in round 2's size. */
export function runFromSummary(summary: Summary, file: string): BarsRun {
  const [ours, theirs] = [OURS, THEIRS].map((target) => runsOf(summary, target));
  const ratio = pairedRatio((ours ?? []).map(efficiency), (theirs ?? []).map(efficiency));
  const [first] = ours ?? [];
  if (ratio.rounds === 0 || !first)
    throw new Error(`${file} does not hold valid runs of ${OURS} and of ${THEIRS} with ${ROUND_2_VUS} users`);
  const behind = [inWords(OURS, ours), inWords(THEIRS, theirs)];
  const steal = summary.runs.flatMap((run) => run.samples.map((sample) => sample.stealPercent));
  return {
    schemaVersion: BARS_SCHEMA_VERSION,
    startedAt: first.startedAt,
    command: `--summary ${file}`,
    machine: { ...summary.environment, gatewayNode: summary.environment.node, stealPercent: median(steal) || 0 },
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
