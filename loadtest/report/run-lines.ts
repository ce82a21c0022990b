import type { RunResult } from '../result.js';
import { engineLines } from './engine-lines.js';
import { describeErrors, figuresOf } from './figures.js';
import { numeral, textTable } from './text-table.js';
import { averageSteal, judge } from './validity.js';

/** A line for each run of a comparison, in the order in which they ran: what became of it and whether it counts. */
export function runTable(runs: readonly RunResult[]): string {
  const head = ['Run', 'ok', 'failed', 'CPU-s/1,000', 'P95 ms', 'generator busy', 'delay p99', 'steal', 'verdict'];
  return textTable(head, runs.map(runRow));
}

function runRow(run: RunResult): string[] {
  const { plan, counts, generator } = run;
  const figures = figuresOf(run);
  const verdict = run.interrupted ? 'interrupted' : judge(run).invalid.length > 0 ? 'left out' : 'valid';
  return [
    `${plan.label}, run ${plan.repeat ?? 1}`,
    numeral(counts.ok),
    numeral(counts.sent - counts.ok),
    numeral(figures.cpuPerThousandEvents, 4),
    numeral(figures.p95),
    `${numeral(100 * generator.elu)} %`,
    `${numeral(generator.loopDelayP99, 1)} ms`,
    `${numeral(averageSteal(run), 1)} %`,
    verdict,
  ];
}

/** Both ends of one run, in words. */
export function balanceLines(run: RunResult): string {
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
  return [...lines, ...engineLines(run)].join('\n');
}
