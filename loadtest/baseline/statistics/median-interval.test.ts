import { test } from 'tap';
import { medianInterval } from './median-interval.js';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** Ranks and true confidence as in the usual tables (Conover, table A3; `DescTools::MedianCI(method = "exact")` of R). */
const TABLE = [
  { count: 6, low: 1, high: 6, coverage: 0.96875 },
  { count: 8, low: 1, high: 8, coverage: 0.9921875 },
  { count: 9, low: 2, high: 8, coverage: 0.9609375 },
  { count: 10, low: 2, high: 9, coverage: 0.978515625 },
  { count: 15, low: 4, high: 12, coverage: 0.96484375 },
  { count: 20, low: 6, high: 15, coverage: 0.9586105 },
];

test('the interval of a median has the ranks and the confidence of the published tables', async (t) => {
  for (const { count, low, high, coverage } of TABLE) {
    const found = medianInterval(upTo(count).reverse());
    t.same([found.low, found.high], [low, high], `${count} values`);
    t.ok(Math.abs((found.coverage ?? 0) - coverage) < 1e-6, `${count} values cover ${found.coverage}`);
  }
});

test('five runs are too few for an interval of 95 %, and are enough for one of 90 %', async (t) => {
  t.equal(medianInterval(upTo(5)).low, undefined);
  t.equal(medianInterval(upTo(5)).median, 3);
  t.same(medianInterval(upTo(5), 0.9), { median: 3, low: 1, high: 5, coverage: 0.9375 });
});
