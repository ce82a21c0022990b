/** The figures of a plain round by which revisions are compared. */
import { type Figures, figuresOf } from '../report/figures.js';
import type { RunResult } from '../result.js';
import type { RunFigure } from './sample-figures.js';

type Words = Pick<RunFigure, 'label' | 'unit' | 'better'>;

/**
 * Few, as each one judged makes the others harder to find. CPU per chunk leads: a closed loop with a paced mock fixes
 * requests a second and latency, whatever the gateway costs, so those change only when something is badly wrong.
 */
const WORDS: Partial<Record<keyof Figures, Words>> = {
  cpuPerThousandEvents: { label: 'CPU-seconds per 1,000 chunks', unit: 'CPU-s/1000', better: 'lower' },
  ttftP50: { label: 'time to first token p50', unit: 'ms', better: 'lower' },
  ttftP99: { label: 'time to first token p99', unit: 'ms', better: 'lower' },
  p95: { label: 'latency p95', unit: 'ms', better: 'lower' },
  steadyRps: { label: 'requests a second', unit: '1/s', better: 'higher' },
  success: { label: 'success', unit: '%', better: 'higher' },
  peakPss: { label: 'peak memory, PSS', unit: 'MB', better: 'lower' },
  afterPss: { label: 'memory after the load, PSS', unit: 'MB', better: 'lower' },
  averageCpu: { label: 'average CPU, % of one core', unit: '%' },
  events: { label: 'chunks', unit: '' },
};

export function roundFigures(run: RunResult): RunFigure[] {
  const values = figuresOf(run);
  const where = run.throughGateway ? 'gateway' : 'direct';
  return (Object.entries(WORDS) as [keyof Figures, Words][]).flatMap(([name, words]) => {
    const value = values[name];
    return value === undefined ? [] : [{ name, where, ...words, value }];
  });
}
