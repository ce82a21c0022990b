import { test } from 'tap';
import { sessionOf } from './sticky-session.js';

test('every session gets its 20 requests: half of them in turns, half in one burst each', async (t) => {
  const sessions = 10;
  const order = Array.from({ length: sessions * 20 }, (_, index) => sessionOf(index, sessions));
  for (let session = 0; session < sessions; session++) t.equal(order.filter((one) => one === session).length, 20);
  t.strictSame(order.slice(0, 7), [0, 1, 2, 3, 4, 0, 1]);
  t.strictSame(new Set(order.slice(-20)), new Set([9]));
});
