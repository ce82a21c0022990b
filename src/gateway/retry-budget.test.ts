import fc from 'fast-check';
import { test } from 'tap';
import { RetryBudget } from './retry-budget.js';

/** What a fresh budget holds: the most that can be saved. */
const SAVED = 10;

function retriesOf(budget: RetryBudget, now: number, wanted: number): number {
  let allowed = 0;
  for (let tries = 0; tries < wanted; tries++) if (budget.withdraw(now)) allowed++;
  return allowed;
}

test('a share of 0 percent means no retries at all, however long the quiet', async (t) => {
  const budget = new RetryBudget(0, 0);
  for (let request = 0; request < 100; request++) budget.deposit();
  t.equal(retriesOf(budget, 0, 5), 0);
  t.equal(retriesOf(budget, 3_600_000, 5), 0);
});

test('a share of 100 percent pays for one retry a request', async (t) => {
  const budget = new RetryBudget(100, 0);
  retriesOf(budget, 0, SAVED);
  for (let request = 0; request < 1000; request++) {
    budget.deposit();
    t.equal(retriesOf(budget, 0, 2), 1, `request ${request}`);
  }
});

test('a share of 20 percent pays for every fifth request', async (t) => {
  const budget = new RetryBudget(20, 0);
  retriesOf(budget, 0, SAVED);
  let allowed = 0;
  for (let request = 0; request < 1000; request++) {
    budget.deposit();
    allowed += retriesOf(budget, 0, 1);
  }
  t.ok(Math.abs(allowed - 200) <= 1, `${allowed} retries for 1000 requests`);
});

test('what a calm hour saves is bounded', async (t) => {
  const budget = new RetryBudget(100, 0);
  for (let request = 0; request < 100_000; request++) budget.deposit();
  t.equal(retriesOf(budget, 3_600_000, 1000), SAVED);
});

test('a worker with next to no requests may still retry once a second', async (t) => {
  const budget = new RetryBudget(1, 0);
  retriesOf(budget, 0, SAVED);
  t.equal(retriesOf(budget, 900, 1), 0);
  t.equal(retriesOf(budget, 1000, 2), 1);
});

test('a reload changes the share from then on; back from 0 the pause has earned nothing', async (t) => {
  const budget = new RetryBudget(20, 0);
  retriesOf(budget, 0, SAVED);
  budget.configure(0);
  t.equal(retriesOf(budget, 60_000, 1), 0);
  budget.configure(20);
  t.equal(retriesOf(budget, 60_000, 1), 0);
  t.equal(retriesOf(budget, 61_000, 2), 1);
});

test('never lets through more than the share of requests, the floor and what was saved', async () => {
  const step = fc.record({ requests: fc.nat(50), retries: fc.nat(50), pause: fc.nat(3000) });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100 }), fc.array(step, { maxLength: 60 }), (percent, steps) => {
      const budget = new RetryBudget(percent, 0);
      let now = 0;
      let requests = 0;
      let allowed = 0;
      for (const { requests: more, retries, pause } of steps) {
        now += pause;
        for (let request = 0; request < more; request++) budget.deposit();
        requests += more;
        allowed += retriesOf(budget, now, retries);
      }
      const most = percent === 0 ? 0 : SAVED + (requests * percent) / 100 + now / 1000;
      return allowed <= most + 1e-6;
    }),
  );
});
