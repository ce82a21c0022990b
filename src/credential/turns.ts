/**
 * One level's turn. Two cursors run over the same sequence: `next` for everybody, and `spare` for the turns of
 * those that cannot be used, which are thereby dealt out evenly over the rest instead of all falling to the neighbour:
 *
 *     sequence   A  B  C  D      B rests
 *     next       A  ?  C  D  A  ?  C  D  A  ?  C  D
 *     spare         A           C           D
 */
import type { Sequence } from './sequence.js';

/** Both count picks since the level first appeared; they stay when the configuration changes. */
export interface Turns {
  next: number;
  spare: number;
}

export function newTurns(): Turns {
  return { next: 0, spare: 0 };
}

/**
 * The member whose turn it is among those that `usable` accepts, or -1 when it accepts none, and then no turn is
 * spent. `usable` is asked in order of turn and its first yes is taken.
 */
export function takeTurn(turns: Turns, sequence: Sequence, usable: (member: number) => boolean): number {
  const length = sequence.length;
  if (length === 0) return -1;
  const first = sequence[turns.next % length] as number;
  if (usable(first)) {
    turns.next++;
    return first;
  }
  for (let step = 0; step < length; step++) {
    const member = sequence[(turns.spare + step) % length] as number;
    if (member === first || !usable(member)) continue;
    turns.next++;
    turns.spare += step + 1;
    return member;
  }
  return -1;
}
