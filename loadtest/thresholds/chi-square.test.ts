import { test } from 'tap';
import { ALPHA, chiSquare, upperGamma } from './chi-square.js';

/** Critical values of the published tables: degrees → statistic at 0.05, 0.01 and 0.001. */
const TABLE: readonly (readonly [degrees: number, ...values: number[]])[] = [
  [1, 3.841, 6.635, 10.828],
  [2, 5.991, 9.21, 13.816],
  [10, 18.307, 23.209, 29.588],
  [99, 123.225, 134.642, 148.23],
];

test('probabilities are those of the printed tables', async (t) => {
  for (const [degrees, ...values] of TABLE)
    for (const [index, statistic] of values.entries()) {
      const p = upperGamma(degrees / 2, statistic / 2);
      const printed = [0.05, 0.01, 0.001][index] ?? 0;
      t.ok(Math.abs(p - printed) < printed * 0.01, `${degrees} degrees, ${statistic}: ${p}`);
    }
});

test('even counts are refused for shares of 25/50/25, and exact ones are not', async (t) => {
  t.ok(chiSquare([1333, 1333, 1334], [25, 50, 25]).p < ALPHA);
  t.match(chiSquare([1000, 2000, 1000], [25, 50, 25]), { statistic: 0, p: 1, largestError: 0, degrees: 2 });
});

test('a slight slant is not seen in few counts and is in many', async (t) => {
  const slanted = [27, 48, 25];
  t.ok(chiSquare(slanted, [25, 50, 25]).p > ALPHA);
  const many = chiSquare(
    slanted.map((count) => count * 1000),
    [25, 50, 25],
  );
  t.ok(many.p < ALPHA);
  t.equal(many.largestError.toFixed(3), '0.020');
});

test('counts too small for the test are refused', async (t) => {
  t.throws(() => chiSquare([2, 3], [1, 1]));
  t.throws(() => chiSquare([20, 30], [1]));
});
