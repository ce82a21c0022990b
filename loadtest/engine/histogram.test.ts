import { test } from 'tap';
import { DurationHistogram } from './histogram.js';

test('quantiles are exact to 0.1 % and in milliseconds', async (t) => {
  const histogram = new DurationHistogram();
  for (let value = 1; value <= 1000; value++) histogram.record(value);
  const quantiles = histogram.quantiles();
  for (const [name, wanted] of Object.entries({ p50: 500, p90: 900, p95: 950, p99: 990, max: 1000, min: 1, mean: 500.5 })) {
    const found = quantiles?.[name as 'p50'] ?? 0;
    t.ok(Math.abs(found - wanted) / wanted < 0.002, `${name} ${found}`);
  }
});

test('what two processes took merges to what one would have counted', async (t) => {
  const whole = new DurationHistogram();
  const merged = new DurationHistogram();
  const part = new DurationHistogram();
  for (let value = 0; value < 500; value++) {
    const duration = (value * 37) % 9000;
    whole.record(duration);
    part.record(duration);
    if (value % 100 === 99) merged.addText(part.takeText() ?? '');
  }
  const { max: mergedMax = 0, ...mergedRest } = merged.quantiles() ?? {};
  const { max = 0, ...rest } = whole.quantiles() ?? {};
  t.strictSame(mergedRest, rest);
  t.ok(Math.abs(mergedMax - max) / max < 0.001, 'the highest value is known to the width of its bucket');
  t.equal(part.takeText(), undefined, 'taken values do not come twice');
});

test('nothing recorded is told apart from zero', async (t) => {
  t.equal(new DurationHistogram().quantiles(), undefined);
});
