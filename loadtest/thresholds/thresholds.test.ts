import { test } from 'tap';
import { noCounts } from '../engine/counts.js';
import type { RunResult } from '../result.js';
import { atLeast, atMost, exactly } from './checks.js';
import { parseExpression } from './expression.js';
import { checkLines } from './lines.js';
import { checkRunThreshold, judgeRun } from './run-thresholds.js';
import { inWords } from './words.js';

test('limits are kept at the limit itself, and what was not measured keeps none', async (t) => {
  t.strictSame([atMost('x', 5, 5).ok, atMost('x', 5.1, 5).ok], [true, false]);
  t.strictSame([atLeast('x', 5, 5).ok, atLeast('x', 4.9, 5).ok], [true, false]);
  t.strictSame([exactly('x', 0, 0).ok, exactly('x', 1, 0).ok], [true, false]);
  for (const value of [undefined, Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])
    t.match([atMost('x', value, 5), atLeast('x', value, 5)], [{ ok: false }, { ok: false }]);
  t.match(atMost('added latency', 0.4567, 2, 'ms', 'a hint'), {
    ...{ promise: 'added latency <= 2 ms', actual: '0.457 ms', hint: 'a hint' },
  });
});

test("thresholds are read in k6's words", async (t) => {
  t.strictSame(parseExpression('ttft:p(95)<300'), { subject: 'ttft', measure: 'p(95)', operator: '<', limit: 300 });
  t.strictSame(parseExpression(' sticky-session : moved.gateway == 0 '), {
    ...{ subject: 'sticky-session', measure: 'moved.gateway', operator: '==', limit: 0 },
  });
  t.strictSame(parseExpression('failed:rate<=0.01').operator, '<=');
  for (const text of ['ttft<300', 'ttft:p(95)<fast', 'ttft:p(95)', '']) t.throws(() => parseExpression(text), /are wanted/);
});

/** As far as thresholds look at it: 100 requests in 10 s, two of them refused. */
const RUN = {
  counts: { ...noCounts(), sent: 100, ok: 98, http: { 503: 2 }, events: 2_000 },
  durations: { ttft: { count: 98, min: 1, mean: 12, p50: 10, p90: 20, p95: 30, p99: 40, max: 50 } },
  untilLastEnd: 10,
  samples: [],
} as unknown as RunResult;

test('a plain run is held to each threshold, and one of something unmeasured fails', async (t) => {
  const judge = (text: string) => judgeRun(RUN, [parseExpression(text)])[0];
  t.match(judge('ttft:p(95)<31'), { ok: true, promise: 'ttft p(95) < 31 ms', actual: '30 ms' });
  t.match(judge('ttft:p(95)<30'), { ok: false });
  t.match(judge('failed:rate<0.02'), { ok: false, actual: '0.02' });
  t.match(judge('failed:count<=2'), { ok: true });
  t.match(judge('requests:rate>=10'), { ok: true });
  t.match(judge('events:count==2000'), { ok: true });
  t.match(judge('gap:max<1000'), { ok: false, actual: 'not measured' });
});

test('a threshold of something that no run has is refused before the load, with what there is', async (t) => {
  t.doesNotThrow(() => checkRunThreshold(parseExpression('latency:avg<1')));
  t.throws(() => checkRunThreshold(parseExpression('latncy:avg<1')), { message: /it has latency/ });
  t.throws(() => checkRunThreshold(parseExpression('ttft:p(97)<1')), { message: /p\(95\)/ });
});

test('lines tell what was not kept first, with its hint', async (t) => {
  t.strictSame(checkLines([atMost('a', 1, 2), atMost('b', 3, 2, 'ms', 'look there')]), [
    '✗ b <= 2 ms: 3 ms (look there)',
    '✓ a <= 2: 1',
  ]);
});

test('numbers have three digits that count', async (t) => {
  t.strictSame(
    [1234.5, 12.34, 1.2345, 0.01234, 7, 0].map((value) => inWords(value)),
    ['1235', '12.3', '1.23', '0.0123', '7', '0'],
  );
});
