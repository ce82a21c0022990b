/** A run as text for the terminal. Pure. */
import { textTable } from '../report/text-table.js';
import type { BarsRun, Figure, Machine, Pace, Unit } from './figure.js';
import { verdictOf } from './verdict.js';

const MARKS = { beyond: '✓✓ beyond', reached: '✓ reached', short: '✗ short' } as const;

/** The table of figures, what stands behind them, and the machine. */
export function renderRun(run: BarsRun): string {
  const rows = run.figures.map((figure) => [
    figure.what,
    number(figure.value.median, figure.unit),
    `${number(figure.value.lowest, figure.unit)}–${number(figure.value.highest, figure.unit)}`,
    bound(figure, figure.bar),
    bound(figure, figure.beyond),
    MARKS[verdictOf(figure.value.median, figure)],
  ]);
  const behind = run.figures.map((figure) => `${figure.id}: ${figure.behind.join('; ')}`);
  const head = ['row', 'reached', 'spread', 'bar', 'beyond it', ''];
  const parts = [rows.length > 0 ? textTable(head, rows) : 'no figures', behind.join('\n'), machineLines(run.machine, run.pace)];
  if (run.problems.length > 0) parts.push(run.problems.map((problem) => `! ${problem}`).join('\n'));
  return parts.filter(Boolean).join('\n\n');
}

/** A value with its unit. */
export function number(value: number, unit: Unit): string {
  if (unit === 'ratio') return value.toFixed(2);
  if (unit === 'ms') return `${value.toFixed(Math.abs(value) < 10 ? 2 : 0)} ms`;
  if (unit === 'count') return value.toFixed(0);
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
}

/** `≤ 0.9`, or `≥` where more is better. */
export function bound({ better, unit }: Pick<Figure, 'better' | 'unit'>, mark: number): string {
  const text = unit === 'ratio' || unit === 'count' ? String(mark) : `${mark} ${unit}`;
  return `${better === 'lower' ? '≤' : '≥'} ${text}`;
}

/** `0.50 → 1.50`: the one-minute average before and after. */
export function loadText(load: Machine['load']): string {
  return load ? load.map((average) => average.toFixed(2)).join(' → ') : 'not known';
}

function machineLines(machine: Machine, { rounds, windowSeconds }: Pace): string {
  const { gatewayNode, node, cores, cpuModel, kernel, commit, load, stealPercent } = machine;
  return [
    `gateway on Node ${gatewayNode}; command, mock and clients on ${node}; ${cores} cores, ${cpuModel}, ${kernel}`,
    `commit ${commit}; load ${loadText(load)}; steal ${stealPercent.toFixed(2)} %; ${rounds} rounds of ${windowSeconds} s`,
  ].join('\n');
}
