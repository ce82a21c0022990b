import { shapeText } from '../load-shape.js';
import { nearestRound } from '../options.js';
import type { Environment, RunResult, Summary } from '../result.js';
import { compareRuns, medianFigures } from './comparison.js';
import { comparisonTables } from './comparison-table.js';
import { DEFINITIONS } from './definitions.js';
import { figuresOf } from './figures.js';
import { Remarks } from './remarks.js';
import { roundTables } from './round-table.js';
import { balanceLines, runTable } from './run-lines.js';
import { judge } from './validity.js';

/** `summary.json` from raw results. `notes` are what the command has to say of all runs. */
export function makeSummary(environment: Environment, runs: RunResult[], notes: readonly string[] = []): Summary {
  const verdicts = runs.map((run) => ({ run, ...judge(run) }));
  const comparison = compareRuns(runs);
  const isSound = ({ plan }: RunResult): boolean =>
    comparison?.targets.some(({ label, isSound }) => label === plan.label && isSound) ?? false;
  const [invalid, leftOut, warnings] = [new Remarks(runs), new Remarks(runs), new Remarks(runs)];
  for (const verdict of verdicts) {
    for (const text of verdict.invalid)
      isSound(verdict.run) ? leftOut.add(verdict.run, `left out: ${text}`) : invalid.add(verdict.run, text);
    for (const text of verdict.warnings) warnings.add(verdict.run, text);
  }
  return {
    ...{ schemaVersion: 1, environment, runs, comparison, invalid: invalid.lines() },
    warnings: [...notes, ...leftOut.lines(), ...warnings.lines()],
  };
}

/** The end of a run as text: tables, what each number means, balance, warnings. Pure: an old summary gives the same text. */
export function renderReport(summary: Summary): string {
  const { runs, comparison } = summary;
  const [first] = runs;
  if (!first) return 'No run was made.';
  const round = nearestRound(first.plan.vus);
  const columns = comparison
    ? comparison.targets.map((target) => ({ label: target.label, figures: medianFigures(target) }))
    : [{ label: first.plan.label, figures: figuresOf(first) }];
  return [
    ...(comparison ? [comparisonTables(comparison, round)] : []),
    roundTables(columns, round),
    [...DEFINITIONS, afterLine(runs), ...(comparison ? [COMPARED] : [])].join('\n'),
    comparison ? runTable(runs) : balanceLines(first),
    verdictLines(summary),
  ].join('\n\n');
}

const COMPARED =
  'Medians of the runs; ratios are taken between runs of one repeat, which stood close in time, then their median (lowest–highest).\n' +
  'The published columns are divided by the published Go.';

/** The line that opens a run. */
export function renderHeader(run: RunResult['plan'], environment: Environment): string {
  const { cores, node, kernel, commit, go } = environment;
  const repeat = run.repeat && run.repeat > 1 ? `, run ${run.repeat}` : '';
  return [
    `Tidegate load test · ${run.label}${repeat} · ${shapeText(run)} · ${run.credentials} credentials · ${run.durationSeconds} s` +
      `${run.warmupSeconds ? ` after ${run.warmupSeconds} s warm-up` : ''} · model ${run.model} · seed ${run.seed}`,
    `Node ${node}${go ? ` · ${go}` : ''} · ${cores} cores shared by gateway, mock and generator · ${kernel} · commit ${commit}`,
  ].join('\n');
}

function afterLine(runs: readonly RunResult[]): string {
  const labels = (how: string): string =>
    [...new Set(runs.filter((run) => run.memoryAfter?.how === how).map((run) => run.plan.label))].join(', ');
  const [collected, settled] = [labels('gc'), labels('settle')];
  if (!collected && !settled) return '[12] not measured.';
  const sayCollected = 'after a garbage collection in every gateway process and 1 s';
  const saySettled = '5 s after the last stream; no garbage collection could be asked for';
  if (collected && settled) return `[12] ${collected}: ${sayCollected}. ${settled}: ${saySettled}.`;
  return `[12] ${collected ? sayCollected : saySettled}.`;
}

function verdictLines({ invalid, warnings, runs }: Summary): string {
  const lines = warnings.map((text) => `warning: ${text}`);
  if (invalid.length === 0)
    lines.push(
      `run${runs.length > 1 ? 's' : ''} valid: ${runs.every((run) => run.mock) ? 'counts agree on both ends, ' : ''}the generator kept up`,
    );
  return [...lines, ...invalid.map((text) => `run invalid: ${text}`)].join('\n');
}
