import fc from 'fast-check';
import { test } from 'tap';
import { RetryQuota } from './retry-quota.js';

/** Requests at a steady rate for so long, each wishing for `wishes` retries. Answers with the retries granted. */
function load(quota: RetryQuota, rate: number, seconds: number, wishes: number): number {
  let granted = 0;
  for (let request = 0; request < rate * seconds; request++) {
    const now = (request / rate) * 1_000;
    quota.deposit(1, now);
    for (let wish = 0; wish < wishes; wish++) if (quota.withdraw(now)) granted++;
  }
  return granted;
}

test('a storm gets its share of requests and hardly more, from the first second on', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 50, max: 300 }),
      fc.integer({ min: 5, max: 20 }),
      fc.constantFrom(10, 20, 50),
      (rate, seconds, percent) => {
        const granted = load(new RetryQuota(percent, 0), rate, seconds, 2);
        const share = (rate * seconds * percent) / 100;
        return granted <= share + 10 && granted >= share * 0.9;
      },
    ),
    { numRuns: 30 },
  );
  t.pass();
});

test('a quiet gateway may retry each of its requests', async (t) => {
  const quota = new RetryQuota(20, 0);
  for (let now = 0; now < 600_000; now += 3_000) {
    quota.deposit(1, now);
    t.ok(quota.withdraw(now));
  }
});

test('none at all with no share; a new share counts at once', async (t) => {
  const quota = new RetryQuota(0, 0);
  quota.deposit(1_000, 0);
  t.notOk(quota.withdraw(0));
  quota.configure(5);
  t.equal(Array.from({ length: 100 }, () => quota.withdraw(0)).filter(Boolean).length, 50);
});
