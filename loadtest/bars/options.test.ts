import { test } from 'tap';
import { parseWishes } from './options.js';

const ROWS = ['chunk', 'latency'];

test('rows come with commas or spaces, and without any all are meant', async (t) => {
  t.same(parseWishes(['chunk,latency'], ROWS).rows, ['chunk', 'latency']);
  t.same(parseWishes(['chunk', 'latency'], ROWS).rows, ['chunk', 'latency']);
  t.same(parseWishes([], ROWS).rows, []);
});

test('--quick is shorter, and each of its times can still be said', async (t) => {
  const quick = parseWishes(['--quick', '--window', '3'], ROWS).pace;
  t.equal(quick.windowSeconds, 3);
  t.ok(quick.rounds < parseWishes([], ROWS).pace.rounds);
});

test('what is not known is refused with what is', async (t) => {
  t.throws(() => parseWishes(['chank'], ROWS), /no row 'chank'; rows: chunk, latency/);
  t.throws(() => parseWishes(['--rounds', 'many'], ROWS), /--rounds must be a whole number/);
  t.throws(() => parseWishes(['--quickly'], ROWS), /--quickly/);
});
