/** Medians and ratios of repeated measurements. Pure. */
import { spreadOf as spreadOfSome } from '../report/spread.js';
import type { Spread as MedianAndEnds } from '../result.js';

/** One figure out of several rounds; not a number when there was none. */
export interface Spread extends MedianAndEnds {
  rounds: number;
}

/** The middle value, of an even number the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which `share` (0–1) of the values lie, straight between neighbours; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** Median with its extremes. */
export function spreadOf(values: readonly number[]): Spread {
  const nothing = { median: Number.NaN, lowest: Number.NaN, highest: Number.NaN };
  return { ...(spreadOfSome(values) ?? nothing), rounds: values.length };
}

/**
 * Ratio of two things that were measured in turn, round by round: each round's ratio on its own, as what disturbs the
 * machine for a minute disturbs both of one round. A round that lacks either is left out.
 */
export function pairedRatio(above: readonly number[], below: readonly number[]): Spread {
  const ratios = above.map((value, round) => value / (below[round] ?? Number.NaN));
  return spreadOf(ratios.filter(Number.isFinite));
}
