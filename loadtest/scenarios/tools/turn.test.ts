import { test } from 'tap';
import { findKnee, type RampWindow } from './turn.js';

/** Ten windows of 10 to 100 users, each user good for ten answers a second. */
function ramp(change: (window: RampWindow, index: number) => Partial<RampWindow> = () => ({})): RampWindow[] {
  return Array.from({ length: 10 }, (_, index) => {
    const users = 10 * (index + 1);
    const window = { users, perSecond: users * 10, p95: 5, failed: 0 };
    return { ...window, ...change(window, index) };
  });
}

test('a ramp that stays well has no knee: the last users are what is known', async (t) => {
  t.same(findKnee(ramp()), { from: 100, to: 100, stableRate: 1000, why: 'not reached' });
});

test('latency that leaves its level for good is the knee, as a band', async (t) => {
  const knee = findKnee(ramp((_, index) => (index >= 6 ? { p95: 80 } : {})));
  t.same(knee, { from: 60, to: 80, stableRate: 600, why: 'latency' });
});

test('one slow window is an accident', async (t) => {
  t.equal(findKnee(ramp((_, index) => (index === 6 ? { p95: 500 } : {}))).why, 'not reached');
});

test('three times a millisecond is no turn', async (t) => {
  t.equal(findKnee(ramp((_, index) => ({ p95: index >= 5 ? 4 : 1 }))).why, 'not reached');
});

test('errors count whatever the latency', async (t) => {
  t.match(findKnee(ramp((_, index) => (index >= 4 ? { failed: 1 } : {}))), { from: 40, to: 60, why: 'errors' });
});

test('more users that bring no more answers are the knee', async (t) => {
  t.match(findKnee(ramp(({ users }) => ({ perSecond: Math.min(users, 40) * 10 }))), { stableRate: 400, why: 'throughput' });
});

test('a window without an answer is not well', async (t) => {
  t.match(findKnee(ramp((_, index) => (index >= 7 ? { perSecond: 0, p95: Number.NaN } : {}))), { from: 70, why: 'latency' });
});
