import { test } from 'tap';
import { percentile, pulseOf, type Totals } from './pulse.js';

const bounds = [0.1, 1, 10];
const totals = (changes: Partial<Totals>): Totals => ({
  at: 0,
  requests: 0,
  failures: 0,
  chunks: 0,
  streams: 0,
  tokens: 0,
  usd: 0,
  bounds,
  firstToken: [0, 0, 0, 0],
  ...changes,
});

test('rates are what was gained over the time between two samples', (t) => {
  const pulse = pulseOf(
    totals({ at: 1000, chunks: 50 }),
    totals({}),
    totals({ at: 3000, requests: 10, failures: 1, chunks: 250 }),
  );
  t.match(pulse, { requestsPerSecond: 5, chunksPerSecond: 100, failureShare: 0.1 });
  t.end();
});

test('without an earlier sample, or when counts went back, a rate is unknown and not zero', (t) => {
  t.equal(pulseOf(undefined, undefined, totals({ requests: 9 })).requestsPerSecond, null);
  t.equal(pulseOf(totals({ requests: 9 }), undefined, totals({ at: 1000, requests: 4 })).requestsPerSecond, null);
  t.end();
});

test('percentiles look at the window only and interpolate within a bucket', (t) => {
  const pulse = pulseOf(undefined, totals({ firstToken: [100, 0, 0, 0] }), totals({ firstToken: [100, 10, 0, 0] }));
  t.equal(pulse.firstTokenP50, 550);
  t.equal(percentile(bounds, [0, 0, 0, 0], 0.5), null);
  t.equal(percentile(bounds, [0, 0, 0, 3], 0.5), 10_000);
  t.end();
});
