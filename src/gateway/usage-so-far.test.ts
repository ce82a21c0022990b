import { test } from 'tap';
import { seenAtFirst, usageSoFar } from './usage-so-far.js';

const SEEN = { asked: 400, sent: 2_500, held: 500, events: 1, event: 200 };

test('output is guessed by events as large as the first, input by the size of the request', async (t) => {
  t.strictSame(usageSoFar(undefined, SEEN), {
    ...{ input: 100, cachedInput: 0, cacheWrite: 0, output: 11, reasoning: 0 },
    estimated: true,
  });
});

test('what was told counts where it is more', async (t) => {
  const told = { input: 7, cachedInput: 3, cacheWrite: 2, output: 50, reasoning: 40 };
  t.strictSame(usageSoFar(told, { ...SEEN, sent: 900 }), { ...told, estimated: true });
  t.equal(usageSoFar({ ...told, output: 1 }, { ...SEEN, sent: 900, event: 0 }).output, 401);
});

test('of what came first the preamble is not counted, however it was cut into reads', async (t) => {
  const events = ['data: {"role":"assistant"}\n\n', 'data: {"a":1}\n\n', 'data: {"a":2}\n\n', 'data: {"a":3}\n\n'];
  const all = events.join('');
  for (const count of [1, 2, 3, 4]) {
    const first = events.slice(0, count).join('');
    t.equal(usageSoFar(undefined, { ...seenAtFirst(first, 0), sent: all.length }).output, 3, String(count));
  }
});
