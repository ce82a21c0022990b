import { test } from 'tap';
import { smoothSequence } from './sequence.js';

/** nginx's rule as it is written: everybody earns their weight, the richest is picked and pays the sum. */
function asWritten(weights: readonly number[]): number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const earned = weights.map(() => 0);
  return Array.from({ length: sum }, () => {
    weights.forEach((weight, member) => {
      earned[member] = (earned[member] ?? 0) + weight;
    });
    const richest = earned.indexOf(Math.max(...earned));
    earned[richest] = (earned[richest] ?? 0) - sum;
    return richest;
  });
}

test('turns are those of smooth weighted round-robin, whatever the weights', (t) => {
  for (const weights of [
    [5, 1, 1],
    [3, 2],
    [1, 7, 7, 2, 1, 100],
    [99, 98, 97],
    [2, 3, 2, 3, 2, 3, 5],
    [1, 100, 1, 99],
  ])
    t.same(smoothSequence(weights), asWritten(weights), weights.join());
  let seed = 7;
  const chance = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (let round = 0; round < 40; round++) {
    const weights = [1, 2, ...Array.from({ length: chance(12) }, () => 1 + chance(9))];
    t.same(smoothSequence(weights), asWritten(weights), weights.join());
  }
  t.end();
});

test('equal weights take turns in order', (t) => {
  t.same(smoothSequence([4, 4, 4]), [0, 1, 2]);
  t.same(smoothSequence([]), []);
  t.end();
});

test('hundreds of thousands of members with two weights have their turns', (t) => {
  // A look at each member a turn would take minutes.
  const weights = Array.from({ length: 300_000 }, (_, member) => 1 + (member % 2));
  const sequence = smoothSequence(weights);
  t.equal(sequence.length, 450_000);
  t.equal(new Set(sequence).size, 300_000);
  t.end();
});
