/** A plain round in the words of a suite, so that all its files are made the same way. Pure: an old summary gives the same. */
import { nearestRound } from '../options.js';
import type { RunPlan, Summary } from '../result.js';
import type { Check, ScenarioResult, SuiteSummary } from '../scenarios/findings.js';
import { medianFigures } from './comparison.js';
import { columnOfRun, roundFigures } from './round-figures.js';

/** One scenario that holds all runs. The command of an old summary, which does not hold it, is made from the plan. */
export function roundSuite(summary: Summary): SuiteSummary {
  const { environment, runs, title, command } = summary;
  const startedAt = runs.map((run) => run.startedAt).sort()[0] ?? new Date(0).toISOString();
  const scenario = roundScenario(summary, startedAt);
  return {
    ...{ kind: 'suite', schemaVersion: 1, startedAt, seconds: scenario.seconds, pace: 'full', environment },
    ...(title !== undefined && { title }),
    ...(summary.baseline && { baseline: summary.baseline }),
    command: command ?? commandOf(runs.map((run) => run.plan)),
    scenarios: [scenario],
    interrupted: runs.some((run) => run.interrupted),
  };
}

function roundScenario(summary: Summary, startedAt: string): ScenarioResult {
  const { runs, invalid, warnings, comparison } = summary;
  const [first] = runs;
  const vus = first?.plan.vus ?? 0;
  const columns = comparison
    ? comparison.targets.map((target) => ({ label: target.label, figures: medianFigures(target) }))
    : runs.map(columnOfRun);
  const checks = checksOf(summary);
  const outcome = invalid.length > 0 ? 'invalid' : checks.every(({ ok }) => ok) ? 'pass' : 'fail';
  const round = nearestRound(vus);
  return {
    ...{ name: `round-${round}`, source: `seed 000, round ${round}`, startedAt, outcome, checks, runs, invalid },
    title: `Streamed chat: ${vus} users, each with one stream at a time, for ${first?.plan.durationSeconds ?? 0} s`,
    seconds: runs.reduce((sum, run) => sum + secondsOf(run.samples), 0),
    ...(invalid.length > 0 && { reason: invalid.join('\n') }),
    figures: roundFigures(columns, vus),
    charts: [],
    notes: [...warnings.map((text) => `Warning: ${text}`), ...(comparison ? ['Figures are medians of the runs.'] : [])],
  };
}

/** The thresholds, and that the numbers may be used at all. */
function checksOf({ thresholds = [], invalid, runs }: Summary): Check[] {
  const bothEnds = runs.every((run) => run.mock);
  const promise = bothEnds ? 'counts agree on both ends, and the generator kept up' : 'the generator kept up';
  const sound: Check = { promise, ok: invalid.length === 0, actual: invalid.length === 0 ? 'yes' : 'no' };
  return [...thresholds, { ...sound, ...(invalid.length > 0 && { hint: invalid.join('; ') }) }];
}

function secondsOf(samples: readonly { at: number }[]): number {
  return Math.max(0, (samples.at(-1)?.at ?? 0) - (samples[0]?.at ?? 0));
}

function commandOf(plans: readonly RunPlan[]): string {
  const [plan] = plans;
  if (!plan) return 'npm run loadtest';
  const others = [...new Set(plans.map(({ target }) => target))].slice(1);
  return [
    `npm run loadtest -- --vus ${plan.vus} --duration ${plan.durationSeconds}s --credentials ${plan.credentials}`,
    ...[`--target ${plan.target}`, ...(plan.workers > 0 ? [`--workers ${plan.workers}`] : []), `--seed ${plan.seed}`],
    ...(others.length > 0 ? [`--compare ${others.join(',')}`] : []),
  ].join(' ');
}
