import { figuresOf } from '../../report/figures.js';
import { judge, judgeCounts } from '../../report/validity.js';
import type { RunResult } from '../../result.js';
import type { Figure } from '../findings.js';
import { figure } from './figures.js';

/** P50 and P99 of a measured run, to the last byte and to the first token; `where` as in `Figure`. */
export function latencyRows(run: RunResult, where: string): Figure[] {
  const { p50, p99, ttftP50, ttftP99 } = figuresOf(run);
  const rows: [name: string, label: string, value: number | undefined][] = [
    ['latency_p50', 'latency P50', p50],
    ['latency_p99', 'latency P99', p99],
    ['ttft_p50', 'time to first token P50', ttftP50],
    ['ttft_p99', 'time to first token P99', ttftP99],
  ];
  return rows.flatMap(([name, label, value]) =>
    value === undefined ? [] : [figure(name, label, 'ms', where, value, { better: 'lower' })],
  );
}

/** For scenarios that count what was lost: disagreeing counts make them invalid, a late generator is only told. */
export function countsOnly(runs: readonly RunResult[]): { invalid: string[]; notes: string[] } {
  const told = (run: RunResult, faults: readonly string[]): string[] => faults.map((fault) => `${run.plan.label}: ${fault}`);
  const invalid = runs.flatMap((run) => told(run, judgeCounts(run)));
  const late = runs.flatMap((run) => told(run, judge(run).invalid)).filter((fault) => !invalid.includes(fault));
  return { invalid, notes: late.map((fault) => `${fault}; the counts hold, the times do not`) };
}
