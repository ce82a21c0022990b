import { test } from 'tap';
import { RESTART_LIMITS, RestartPolicy } from './restart-policy.js';

const young = { lifetime: 50, wasReady: true };
const old = { lifetime: RESTART_LIMITS.young + 1, wasReady: true };
const stillborn = { lifetime: 50, wasReady: false };

test('the first death is answered at once, further young ones wait 100 ms doubling to 30 s', async (t) => {
  const policy = new RestartPolicy();
  const delays = Array.from({ length: 12 }, () => policy.delayAfter(young));
  t.same(delays, [0, 100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
});

test('a worker that lived long clears the record', async (t) => {
  const policy = new RestartPolicy();
  for (let death = 0; death < 6; death++) policy.delayAfter(young);
  t.equal(policy.delayAfter(old), 0);
  t.equal(policy.delayAfter(young), 100);
});

test('five starts in a row that never became ready are hopeless, dying after ready is not', async (t) => {
  const policy = new RestartPolicy();
  for (let death = 0; death < 20; death++) policy.delayAfter(young);
  t.notOk(policy.hopeless);
  for (let start = 0; start < RESTART_LIMITS.failedStarts - 1; start++) policy.delayAfter(stillborn);
  t.notOk(policy.hopeless);
  policy.delayAfter(stillborn);
  t.ok(policy.hopeless);
  policy.becameReady();
  t.notOk(policy.hopeless);
});
