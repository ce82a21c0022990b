/** Whether two samples come from one distribution: the Mann–Whitney U test (Wilcoxon rank sum). Pure. */

export interface RankTest {
  /** Pairs (one of each side) in which the first side's value is the higher one; ties count half. */
  u: number;
  /** Two-sided; 1 when a side is empty. */
  p: number;
}

/**
 * Exact for any sample with or without ties: the share of all ways to deal the values out to two sides of these sizes
 * whose rank sum lies at least as far from the middle. Without ties this is the distribution of R's `wilcox.test`, with
 * ties that of the permutation test (R's `coin::wilcox_test(distribution = "exact")`), where the normal approximation
 * would be poor for a handful of runs.
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): RankTest {
  const ranks = doubledRanks([...first, ...second]);
  const sum = ranks.slice(0, first.length).reduce((total, rank) => total + rank, 0);
  const u = sum / 2 - (first.length * (first.length + 1)) / 2;
  return { u, p: first.length === 0 || second.length === 0 ? 1 : shareAsFar(ranks, first.length, sum) };
}

/** Smallest p that two sides of these sizes can give: all of one above all of the other. */
export function smallestP(first: number, second: number): number {
  let ways = 1;
  for (let index = 1; index <= first; index++) ways = (ways * (second + index)) / index;
  return Math.min(1, 2 / ways);
}

/** Rank of each value, from 1, times two: equal values share the mean of their ranks, which may end in a half. */
function doubledRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return 2 * below + equal + 1;
  });
}

/** Share of all choices of `taken` ranks whose sum is as far from the mean as `sum` or farther. */
function shareAsFar(ranks: readonly number[], taken: number, sum: number): number {
  const total = ranks.reduce((all, rank) => all + rank, 0);
  const mean = (taken * total) / ranks.length;
  const ways = waysBySum(ranks, taken, total);
  let [far, all] = [0, 0];
  for (const [other, count] of ways.entries()) {
    all += count;
    // A billionth: the mean of tied ranks need not be exact in binary.
    if (Math.abs(other - mean) >= Math.abs(sum - mean) - 1e-9) far += count;
  }
  return far / all;
}

/** In how many ways `taken` of the ranks have each sum: rank by rank, take it or leave it. */
function waysBySum(ranks: readonly number[], taken: number, total: number): Float64Array {
  const ways = Array.from({ length: taken + 1 }, () => new Float64Array(total + 1));
  if (ways[0]) ways[0][0] = 1;
  for (const rank of ranks)
    for (let count = taken; count > 0; count--) addShifted(ways[count] as Float64Array, ways[count - 1] as Float64Array, rank);
  return ways[taken] as Float64Array;
}

function addShifted(into: Float64Array, from: Float64Array, by: number): void {
  for (let sum = into.length - 1; sum >= by; sum--) into[sum] = (into[sum] ?? 0) + (from[sum - by] ?? 0);
}
