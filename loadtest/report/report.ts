import { nearestRound } from '../options.js';
import type { Environment, RunResult, Summary } from '../result.js';
import { DEFINITIONS } from './definitions.js';
import { describeErrors } from './figures.js';
import { roundTables } from './round-table.js';
import { judge } from './validity.js';

/** `summary.json` from raw results. */
export function makeSummary(environment: Environment, runs: RunResult[]): Summary {
  const named = (text: string, run: RunResult): string => (runs.length > 1 ? `${run.plan.label}: ${text}` : text);
  const verdicts = runs.map((run) => ({ run, ...judge(run) }));
  return {
    schemaVersion: 1,
    environment,
    runs,
    invalid: verdicts.flatMap(({ run, invalid }) => invalid.map((text) => named(text, run))),
    warnings: verdicts.flatMap(({ run, warnings }) => warnings.map((text) => named(text, run))),
  };
}

/** The end of a run as text: tables, what each number means, balance, warnings. Pure: an old summary gives the same text. */
export function renderReport(summary: Summary): string {
  const first = summary.runs[0];
  if (!first) return 'No run was made.';
  return [
    roundTables(summary.runs, nearestRound(first.plan.vus)),
    [...DEFINITIONS, afterLine(summary.runs)].join('\n'),
    summary.runs.map(balanceLines).join('\n'),
    verdictLines(summary),
  ].join('\n\n');
}

/** The line that opens a run. */
export function renderHeader(run: RunResult['plan'], environment: Environment): string {
  const { cores, node, kernel, commit } = environment;
  return [
    `Tidegate load test · ${run.label} · ${run.vus} users · ${run.credentials} credentials · ${run.durationSeconds} s` +
      `${run.warmupSeconds ? ` after ${run.warmupSeconds} s warm-up` : ''} · model ${run.model} · seed ${run.seed}`,
    `Node ${node} · ${cores} cores shared by gateway, mock and generator · ${kernel} · commit ${commit}`,
  ].join('\n');
}

function afterLine(runs: readonly RunResult[]): string {
  const how = runs.find((run) => run.memoryAfter)?.memoryAfter?.how;
  if (how === 'gc') return '[11] after a garbage collection in every gateway process and 1 s.';
  if (how === 'settle') return '[11] 5 s after the last stream; no garbage collection could be asked for.';
  return '[11] not measured.';
}

function balanceLines(run: RunResult): string {
  const { counts, mock, generator, plan } = run;
  const lines = [
    `${plan.label}: sent ${counts.sent} = ok ${counts.ok} + failed ${counts.sent - counts.ok}; failed: ${describeErrors(run)}`,
    `  chunks ${counts.events} (with content ${counts.contentEvents}) in ${counts.httpChunks} HTTP chunks, ${(counts.bytes / 2 ** 20).toFixed(1)} MB`,
    `  generator: ${generator.processes} process(es), event loop ${(100 * generator.elu).toFixed(0)} % busy, delay p99 ${generator.loopDelayP99.toFixed(1)} ms, ${generator.cpu.toFixed(2)} cores`,
  ];
  if (mock) {
    lines.push(
      `  mock: ${mock.requests} requests, ${mock.done} × [DONE], ${mock.events} chunks; ${mock.keys} credentials used, ${mock.fewestOnKey}–${mock.mostOnKey} requests each; ${mock.sessions} sessions, ${mock.sessionKeyChanges} moved`,
    );
  }
  return lines.join('\n');
}

function verdictLines({ invalid, warnings, runs }: Summary): string {
  const lines = warnings.map((text) => `warning: ${text}`);
  if (invalid.length === 0)
    lines.push(`run valid: ${runs.every((run) => run.mock) ? 'counts agree on both ends, ' : ''}the generator kept up`);
  return [...lines, ...invalid.map((text) => `run invalid: ${text}`)].join('\n');
}
