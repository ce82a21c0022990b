import type { Spread } from '../result.js';
import { numeral } from './text-table.js';

/** Median, lowest and highest; undefined of nothing. An even number of values has the mean of the middle two. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const [lowest, highest] = [sorted[0], sorted.at(-1)];
  if (lowest === undefined || highest === undefined) return undefined;
  const middle = sorted.length / 2;
  const pair = [sorted[Math.ceil(middle) - 1] ?? lowest, sorted[Math.floor(middle)] ?? highest] as const;
  return { median: (pair[0] + pair[1]) / 2, lowest, highest };
}

/** `0.0412 (0.0401–0.0420)`; without brackets when there was one value, `–` when none. */
export function spreadText(spread: Spread | undefined, decimals: number): string {
  if (!spread) return '–';
  const [median, lowest, highest] = [spread.median, spread.lowest, spread.highest].map((value) => numeral(value, decimals));
  return spread.lowest === spread.highest ? `${median}` : `${median} (${lowest}–${highest})`;
}
