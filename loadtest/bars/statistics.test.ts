import { test } from 'tap';
import { median, pairedRatio, quantile, spreadOf } from './statistics.js';

test('the median of an even number lies between the two in the middle, and the order does not matter', async (t) => {
  t.equal(median([5, 1, 3]), 3);
  t.equal(median([4, 1, 3, 2]), 2.5);
  t.ok(Number.isNaN(median([])));
});

test('a quantile lies on the straight line between its neighbours', async (t) => {
  const values = [10, 20, 30, 40, 50];
  t.equal(quantile(values, 0), 10);
  t.equal(quantile(values, 1), 50);
  t.equal(quantile(values, 0.25), 20);
  t.equal(quantile(values, 0.625), 35);
});

test('a spread has the extremes and the number of rounds', async (t) => {
  t.same(spreadOf([3, 1, 2]), { median: 2, lowest: 1, highest: 3, rounds: 3 });
});

test('a ratio is taken round by round: a slow minute that befalls both sides cancels out', async (t) => {
  const ratio = pairedRatio([10, 30, 11], [10, 30, 10]);
  t.equal(ratio.median, 1);
  t.equal(ratio.highest, 1.1);
});

test('a round that lacks one side is left out of a ratio', async (t) => {
  t.equal(pairedRatio([10, 20, 30], [10, 20]).rounds, 2);
  t.equal(pairedRatio([10], []).rounds, 0);
});
