import { test } from 'tap';
import { kneeOf, type Rung } from './rungs.js';

const rungs = (...rates: number[]): Rung[] => rates.map((perSecond, index) => ({ callers: 10 ** index, perSecond, p99: index }));

test('the knee is the fewest callers that reach nine tenths of the most, though more of them reach less', async (t) => {
  t.equal(kneeOf(rungs(100, 500, 950, 1000, 700))?.callers, 100);
  t.equal(kneeOf(rungs(100, 90, 80))?.callers, 1, 'where more callers bring nothing it is the first rung');
  t.equal(kneeOf(rungs(1, 2, 4))?.callers, 100, 'where the rate still grows it is the last');
  t.equal(kneeOf([]), undefined);
});
