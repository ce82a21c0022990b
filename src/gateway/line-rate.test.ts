import { test } from 'tap';
import { LineRate } from './line-rate.js';

test('so many lines of a kind a second, and the next tells how many were left out', async (t) => {
  const rate = new LineRate(2);
  t.same(
    [0, 1, 2, 3, 999].map((now) => rate.next('a', now)),
    [0, 0, undefined, undefined, undefined],
  );
  t.equal(rate.next('b', 5), 0, 'another kind');
  t.equal(rate.next('a', 1_000), 3);
  t.equal(rate.next('a', 1_001), 0);
  t.equal(rate.next('a', 1_002), undefined);
});
