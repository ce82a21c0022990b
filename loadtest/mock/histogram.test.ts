import { test } from 'tap';
import { Histogram } from './histogram.js';

test('percentiles are right within the width of a bucket', async (t) => {
  const histogram = new Histogram();
  for (let value = 1; value <= 100_000; value++) histogram.record(value);
  for (const share of [0.5, 0.95, 0.99]) {
    const error = histogram.percentile(share) / (share * 100_000) - 1;
    t.ok(error >= -0.001 && error < 0.04, `${share}: ${error}`);
  }
});

test('a histogram survives the way to another process', async (t) => {
  const [one, other] = [new Histogram(), new Histogram()];
  for (const value of [0, 31, 32, 63, 64, 5_000, 2 ** 31]) one.record(value);
  other.addPairs(JSON.parse(JSON.stringify(one.toPairs())));
  t.equal(other.count, 7);
  t.equal(other.percentile(1), one.percentile(1));
  t.equal(new Histogram().percentile(0.99), 0);
});
