import { test } from 'tap';
import { costOf } from './price.js';

const usage = { input: 1_000_000, cachedInput: 400_000, cacheWrite: 100_000, output: 200_000, reasoning: 150_000 };

test('cached and written tokens are charged once, at their own price', (t) => {
  t.equal(costOf(usage, { input: 2, cachedInput: 0.5, cacheWrite: 2.5, output: 10 }), 0.5 * 2 + 0.4 * 0.5 + 0.1 * 2.5 + 0.2 * 10);
  t.end();
});

test('without a price of their own they cost what input costs', (t) => {
  t.equal(costOf(usage, { input: 2, output: 10 }), 4);
  t.end();
});

test('a model without a price costs nothing, and an upstream that counts oddly never earns money', (t) => {
  t.equal(costOf(usage, undefined), 0);
  t.equal(
    costOf(
      { input: 5, cachedInput: 10, cacheWrite: 0, output: 0, reasoning: 0 },
      { input: 1_000_000, cachedInput: 0, output: 1 },
    ),
    0,
  );
  t.end();
});
