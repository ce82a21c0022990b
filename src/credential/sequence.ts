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

/** Members of one share: who of them is richest is known without a look, since they have their turns in order. */
interface Class {
  readonly share: number;
  readonly members: number[];
  /** Whose turn it is among them, and in which of their rounds. */
  next: number;
  round: number;
}

/** A look at each share a turn, and not at each member: 400,000 members of two shares take as many looks as turns. */
function spread(shares: readonly number[]): number[] {
  const length = shares.reduce((sum, share) => sum + share, 0);
  const classes = classesOf(shares);
  return Array.from({ length }, (_, turn) => {
    let richest = classes[0] as Class;
    for (const one of classes) if (isRicher(one, richest, turn + 1, length)) richest = one;
    const member = headOf(richest);
    richest.next = (richest.next + 1) % richest.members.length;
    if (richest.next === 0) richest.round++;
    return member;
  });
}

function classesOf(shares: readonly number[]): Class[] {
  const byShare = new Map<number, Class>();
  shares.forEach((share, member) => {
    const found = byShare.get(share);
    if (found) found.members.push(member);
    else byShare.set(share, { share, members: [member], next: 0, round: 0 });
  });
  return [...byShare.values()];
}

/** What its next member has earned in so many turns less what it has paid; the first in order where two have the same. */
function isRicher(one: Class, other: Class, turns: number, length: number): boolean {
  const more = (one.share - other.share) * turns - (one.round - other.round) * length;
  return more > 0 || (more === 0 && headOf(one) < headOf(other));
}

function headOf({ members, next }: Class): number {
  return members[next] as number;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
