import { test } from 'tap';
import { verdictOf } from './verdict.js';

test('a value on its bar has reached it, and on the mark beyond is beyond', async (t) => {
  const lower = { better: 'lower', bar: 1.25, beyond: 0.9 } as const;
  t.same(
    [1.26, 1.25, 0.9].map((value) => verdictOf(value, lower)),
    ['short', 'reached', 'beyond'],
  );
  const higher = { better: 'higher', bar: 1.5, beyond: 2.2 } as const;
  t.same(
    [1.49, 1.5, 2.2].map((value) => verdictOf(value, higher)),
    ['short', 'reached', 'beyond'],
  );
});

test('a value that is not a number has reached nothing', async (t) => {
  t.equal(verdictOf(Number.NaN, { better: 'lower', bar: 1, beyond: 1 }), 'short');
});
