import { test } from 'tap';
import { RetryShares } from './retry-shares.js';

test('requests are told in passing and once, and only a wish asks', async (t) => {
  const told: [number, boolean][] = [];
  const shares = new RetryShares(20, 4, async (requests, wish) => {
    told.push([requests, wish]);
    return true;
  });
  for (let request = 0; request < 7; request++) shares.deposit();
  t.strictSame(told, []);
  t.equal(await shares.withdraw(), true);
  shares.tell();
  shares.deposit();
  shares.tell();
  t.strictSame(told, [
    [7, true],
    [1, false],
  ]);
});

test('while the store is away the worker’s own requests and its part of the floor decide', async (t) => {
  const shares = new RetryShares(20, 5, async () => undefined);
  const granted = async () => (await Promise.all(Array.from({ length: 30 }, () => shares.withdraw()))).filter(Boolean).length;
  t.equal(await granted(), 2);
  for (let request = 0; request < 50; request++) shares.deposit();
  const more = await granted();
  t.ok(more === 8 || more === 7, String(more));
});
