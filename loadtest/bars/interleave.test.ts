import { test } from 'tap';
import { interleave } from './interleave.js';

test('things are measured in turn, every second round backwards, and each keeps its own results in order', async (t) => {
  const order: string[] = [];
  const results = await interleave(['a', 'b', 'c'], 3, async (name) => order.push(name));
  t.equal(order.join(''), 'abccbaabc');
  t.same(Object.fromEntries(results), { a: [1, 6, 7], b: [2, 5, 8], c: [3, 4, 9] });
});
