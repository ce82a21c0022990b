/** Figures out of calls and watches, named the same way by every scenario. Pure. */
import { quantile } from '../../bars/statistics.js';
import type { Figure } from '../findings.js';
import type { CallResult } from './caller.js';

type More = Pick<Figure, 'published' | 'better'>;

/** One figure; its name is `<name>.<where>`. */
export function figure(name: string, label: string, unit: string, where: string, value: number, more: More = {}): Figure {
  return { name: `${name}.${where}`, label, unit, where, value, ...more };
}

/** Milliseconds from sending to the last byte, of those that ended well. */
export function times(results: readonly CallResult[]): number[] {
  return results.filter(({ ending }) => ending === 'ok').map(({ ms }) => ms);
}

/** … to the first byte. */
export function firstBytes(results: readonly CallResult[]): number[] {
  return results.filter(({ ending }) => ending === 'ok').map(({ firstByteMs }) => firstByteMs);
}

/** … to the first event with text. */
export function firstTokens(results: readonly CallResult[]): number[] {
  return results.filter(({ ending }) => ending === 'ok').map(({ firstTokenMs }) => firstTokenMs);
}

const PERCENTILES = [50, 95, 99] as const;

/** P50, P95 and P99 of milliseconds; `published` in the same order. */
export function latencyFigures(
  name: string,
  label: string,
  where: string,
  values: readonly number[],
  published: readonly string[] = [],
): Figure[] {
  return PERCENTILES.map((percent, index) =>
    figure(`${name}_p${percent}`, `${label} P${percent}`, 'ms', where, quantile(values, percent / 100), {
      better: 'lower',
      ...(published[index] !== undefined && { published: published[index] }),
    }),
  );
}

/** Requests that did not end well. */
export function failureFigure(where: string, results: readonly CallResult[]): Figure {
  const count = results.filter(({ ending }) => ending !== 'ok').length;
  return figure('failed', 'requests that failed', '', where, count, { better: 'lower' });
}
