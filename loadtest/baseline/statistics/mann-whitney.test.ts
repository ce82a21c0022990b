import { test } from 'tap';
import { mannWhitney, smallestP } from './mann-whitney.js';

const near = (actual: number, wanted: number, digits: number): boolean => Math.abs(actual - wanted) < 10 ** -digits / 2;

/** Hollander & Wolfe (1973), page 69: permeability of placental membranes at term and at 12 to 26 weeks; in R's ?wilcox.test. */
const AT_TERM = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
const EARLY = [1.15, 0.88, 0.9, 0.74, 1.21];

test('U and p of a published example: R says W = 35, p = 0.1272 one-sided and 0.2544 two-sided', async (t) => {
  const found = mannWhitney(AT_TERM, EARLY);
  t.equal(found.u, 35);
  t.ok(near(found.p, 0.2544, 4), `p = ${found.p}`);
});

test('the sides may change places', async (t) => {
  t.equal(mannWhitney(EARLY, AT_TERM).u, 15);
  t.ok(near(mannWhitney(EARLY, AT_TERM).p, mannWhitney(AT_TERM, EARLY).p, 12));
});

test('critical values are those of the tables: at 5 % two-sided 5 against 5 needs U <= 2, 6 against 6 U <= 5', async (t) => {
  t.ok(mannWhitney([1, 2, 3, 4, 7], [5, 6, 8, 9, 10]).u === 2 && mannWhitney([1, 2, 3, 4, 7], [5, 6, 8, 9, 10]).p <= 0.05);
  t.ok(mannWhitney([1, 2, 3, 4, 8], [5, 6, 7, 9, 10]).u === 3 && mannWhitney([1, 2, 3, 4, 8], [5, 6, 7, 9, 10]).p > 0.05);
  t.ok(mannWhitney([1, 2, 3, 4, 5, 12], [6, 7, 8, 9, 10, 11]).p > 0.05, 'U = 6');
  t.ok(mannWhitney([1, 2, 3, 4, 5, 11], [6, 7, 8, 9, 10, 12]).p <= 0.05, 'U = 5');
});

test('ties have the exact permutation distribution: 4 of 20 deals are as far', async (t) => {
  // 1 1 2 | 2 3 3: doubled ranks 3 3 7 7 11 11, sum 13 of 42. As far from 21: 13 (1·1·2, twice: either 2) and 29 (twice).
  t.ok(near(mannWhitney([1, 1, 2], [2, 3, 3]).p, 4 / 20, 12));
  t.equal(mannWhitney([5, 5, 5], [5, 5, 5]).p, 1, 'nothing differs');
});

test('the smallest p is that of sides that do not overlap', async (t) => {
  for (const [first, second] of [
    [6, 6],
    [4, 7],
    [10, 10],
  ] as const) {
    const low = Array.from({ length: first }, (_, index) => index);
    const high = Array.from({ length: second }, (_, index) => 100 + index);
    t.ok(near(mannWhitney(low, high).p, smallestP(first, second), 12));
  }
  t.ok(near(smallestP(6, 6), 2 / 924, 12));
});

test('an empty side says nothing', async (t) => {
  t.equal(mannWhitney([], [1, 2]).p, 1);
});
