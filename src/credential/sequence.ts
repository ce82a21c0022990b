/**
 * The order of turns: which member is next is a whole number over a sequence computed once, so that what
 * workers share is one integer a level and counts are exact.
 */

/** Member numbers in the order of their turns; one cycle is the whole array. */
export type Sequence = readonly number[];

/**
 * Smooth weighted round-robin over one cycle: each member occurs `weight / gcd` times, spread out
 * (nginx's rule: everybody earns their weight, the richest is picked and pays the sum). Equal weights
 * give 0, 1, 2, … . Weights are whole numbers from 1.
 */
export function smoothSequence(weights: readonly number[]): Sequence {
  const divisor = weights.reduce(greatestCommonDivisor, 0) || 1;
  const shares = weights.map((weight) => weight / divisor);
  if (shares.every((share) => share === 1)) return shares.map((_, member) => member);
  return spread(shares);
}

function spread(shares: readonly number[]): number[] {
  const length = shares.reduce((sum, share) => sum + share, 0);
  const earned = shares.map(() => 0);
  return Array.from({ length }, () => {
    let richest = 0;
    for (let member = 0; member < shares.length; member++) {
      earned[member] = (earned[member] as number) + (shares[member] as number);
      if ((earned[member] as number) > (earned[richest] as number)) richest = member;
    }
    earned[richest] = (earned[richest] as number) - length;
    return richest;
  });
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
