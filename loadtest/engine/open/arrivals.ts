import { type Random, seededRandom } from '../random.js';
import type { Level } from './level.js';

/** `constant`: evenly spaced · `poisson`: independent of each other, as callers that do not know each other are; bursts included. */
export type Spacing = 'constant' | 'poisson';

export interface ArrivalPlan {
  level: Level;
  spacing: Spacing;
  seed: number;
  /** This process takes each `of`-th arrival of one common schedule, so that the schedule is the same however many processes share it. */
  share: { index: number; of: number };
  /** Arrivals of all processes end after so many; absent: with the level. */
  most?: number;
}

/**
 * Seconds since the load began of one arrival after another. With area A(t) under the rate, the n-th arrival is where A reaches
 * n (constant), or the n-th sum of exponential steps of mean 1 (Poisson with a rate that changes).
 */
export function* arrivals({ level, spacing, seed, share, most = Number.POSITIVE_INFINITY }: ArrivalPlan): Generator<number> {
  const random = seededRandom(seed * 7_368_787 + 17);
  let area = 0;
  for (let number = 0; number < most; number++) {
    // The first one of an even schedule is due at once, as the first of the closed model is.
    area += spacing === 'poisson' ? exponential(random) : Math.min(number, 1);
    const at = level.whenArea(area);
    if (at >= level.seconds) return;
    if (number % share.of === share.index) yield at;
  }
}

/** `random` may give 0 but never 1. */
function exponential(random: Random): number {
  return -Math.log(1 - random());
}
