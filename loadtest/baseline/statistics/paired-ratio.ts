/** How head stands to base over pairs of runs that stood close in time, with a bootstrap interval. Pure: the seed is given. */
import { median, pairedRatio, quantile } from '../../bars/statistics.js';

export interface RatioInterval {
  median: number;
  /** Percentile bootstrap over the pairs. */
  low: number;
  high: number;
}

const RESAMPLES = 2_000;

/** Median of head ÷ base, pair by pair; undefined where no pair has both sides and a base other than 0. `random`: 0 to 1. */
export function ratioInterval(
  base: readonly number[],
  head: readonly number[],
  random: () => number,
  confidence = 0.95,
): RatioInterval | undefined {
  const ratios = head.map((value, index) => value / (base[index] ?? Number.NaN)).filter(Number.isFinite);
  if (ratios.length === 0) return undefined;
  const medians = Array.from({ length: RESAMPLES }, () => median(resample(ratios, random)));
  const tail = (1 - confidence) / 2;
  return { median: pairedRatio(head, base).median, low: quantile(medians, tail), high: quantile(medians, 1 - tail) };
}

/** As many as there are, drawn with putting back. */
function resample(values: readonly number[], random: () => number): number[] {
  return values.map(() => values[Math.floor(random() * values.length)] as number);
}
