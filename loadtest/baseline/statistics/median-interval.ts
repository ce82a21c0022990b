/** Median with an interval between two of the values: no assumption about their distribution. Pure. */
import { median } from '../../bars/statistics.js';
import type { MedianInterval } from '../words.js';

/**
 * The narrowest pair of order statistics, as far from one end as from the other, between which the true median lies with at
 * least the confidence (0–1). The chance that it lies outside is that of too few heads among n coins (Conover, Practical
 * Nonparametric Statistics, 3.2). Five values or fewer cannot give 95 %: no interval then.
 */
export function medianInterval(values: readonly number[], confidence = 0.95): MedianInterval {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = lowestRank(sorted.length, (1 - confidence) / 2);
  if (rank === 0) return { median: median(sorted) };
  const coverage = 1 - 2 * headsBelow(rank, sorted.length);
  return { median: median(sorted), low: sorted[rank - 1], high: sorted[sorted.length - rank], coverage };
}

/** The highest rank, from 1, below which the true median lies at most so often; 0 for none. */
function lowestRank(count: number, tail: number): number {
  let rank = 0;
  while (rank < count / 2 && headsBelow(rank + 1, count) <= tail) rank++;
  return rank;
}

/** Chance of fewer than `limit` heads among so many fair coins. */
function headsBelow(limit: number, coins: number): number {
  let ways = 1;
  let sum = 0;
  for (let heads = 0; heads < limit; heads++) {
    sum += ways;
    ways = (ways * (coins - heads)) / (heads + 1);
  }
  return sum / 2 ** coins;
}
