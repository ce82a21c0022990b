import { test } from 'tap';
import { seededRandom } from '../../engine/random.js';
import { ratioInterval } from './paired-ratio.js';

test('what befalls both runs of a pair cancels out', async (t) => {
  const found = ratioInterval([100, 300, 110, 90, 250, 100], [110, 330, 121, 99, 275, 110], seededRandom(1));
  t.ok(found && Math.abs(found.median - 1.1) < 1e-9);
  t.ok(found && found.high - found.low < 1e-9);
});

test('the interval holds the true ratio in about 19 of 20 samples', async (t) => {
  const random = seededRandom(7);
  const noise = (): number => 1 + 0.1 * (random() + random() + random() - 1.5);
  let held = 0;
  for (let sample = 0; sample < 60; sample++) {
    const base = Array.from({ length: 10 }, noise);
    const found = ratioInterval(
      base,
      base.map((value) => value * 1.2 * noise()),
      random,
    );
    if (found && found.low <= 1.2 && found.high >= 1.2) held++;
  }
  // Percentile intervals of ten pairs are a little short or long; the seed is fixed, so this does not vary.
  t.ok(held >= 54, `${held} of 60`);
});

test('the same seed gives the same interval, and a pair that lacks one side is left out', async (t) => {
  const [base, head] = [
    [1, 2, 3, 0],
    [2, 2, 2, 2],
  ];
  t.same(ratioInterval(base, head, seededRandom(3)), ratioInterval(base, head, seededRandom(3)));
  t.equal(ratioInterval(base, head, seededRandom(3))?.median, 1);
  t.equal(ratioInterval([], [], seededRandom(3)), undefined);
});
