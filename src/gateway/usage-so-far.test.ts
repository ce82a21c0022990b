import { test } from 'tap';
import { usageSoFar } from './usage-so-far.js';

test('output is guessed by events as large as the first, input by the size of the request', async (t) => {
  const seen = { asked: 400, sent: 2_500, held: 500, event: 200 };
  t.strictSame(usageSoFar(undefined, seen), {
    ...{ input: 100, cachedInput: 0, cacheWrite: 0, output: 11, reasoning: 0 },
    estimated: true,
  });
});

test('what was told counts where it is more', async (t) => {
  const told = { input: 7, cachedInput: 3, cacheWrite: 2, output: 50, reasoning: 40 };
  t.strictSame(usageSoFar(told, { asked: 400, sent: 900, held: 500, event: 200 }), { ...told, estimated: true });
  t.equal(usageSoFar({ ...told, output: 1 }, { asked: 400, sent: 900, held: 500, event: 0 }).output, 401);
});
