import { BARS, type BarId } from './bar-table.js';
import type { Bar, Figure } from './figure.js';
import type { Spread } from './statistics.js';

export type Verdict = 'beyond' | 'reached' | 'short';

/** How a value stands to its bar. */
export function verdictOf(value: number, { better, bar, beyond }: Pick<Bar, 'better' | 'bar' | 'beyond'>): Verdict {
  const passes = (mark: number): boolean => (better === 'lower' ? value <= mark : value >= mark);
  if (passes(beyond)) return 'beyond';
  return passes(bar) ? 'reached' : 'short';
}

/** A figure of the table; undefined when nothing was measured. */
export function figure(id: BarId, value: Spread, behind: string[]): Figure {
  return { id, ...BARS[id], value, behind };
}
