import { test } from 'tap';
import { OwnLimits } from './own-limits.js';
import { shareOf } from './share.js';
import type { AdmissionRequest, ClientLimits } from './types.js';

const WORKERS = 4;
const at = (now: number) => ({ now, wall: 1_795_000_000_000 + now });

function ask(limits: ClientLimits, slot = ''): AdmissionRequest {
  return { client: 'a', limits, isCall: true, tokens: 100, usd: 0.1, slot };
}

function workersAlone(): OwnLimits[] {
  return Array.from({ length: WORKERS }, (_, rank) => new OwnLimits({ workers: WORKERS, rank }));
}

/** How many of `times` go through, asked of all workers in turn. */
function through(workers: readonly OwnLimits[], times: number, now: number, limits: ClientLimits): number {
  let admitted = 0;
  for (let index = 0; index < times; index++)
    if (workers[index % workers.length]?.admit(ask(limits, `s${now}-${index}`), at(now)).admitted) admitted++;
  return admitted;
}

test('the shares of all workers are the whole, for any total, name and number of workers', async (t) => {
  for (const total of [0, 1, 2, 3, 7, 100])
    for (const workers of [1, 2, 3, 8])
      for (const name of ['a', 'b', 'client-x']) {
        const shares = Array.from({ length: workers }, (_, rank) => shareOf(total, name, { workers, rank }));
        t.equal(
          shares.reduce((sum, share) => sum + share, 0),
          total,
          `${total} over ${workers}`,
        );
      }
});

test('alone, workers let through together what was left when they last heard, and the whole limit a window later', async (t) => {
  const workers = workersAlone();
  const use = { client: 'a', requests: 90, tokens: 0, slots: 0, usd: 0 };
  for (const worker of workers) worker.hear(use, at(0));
  t.equal(through(workers, 200, 100, { rpm: 101 }), 11);
  t.equal(through(workers, 200, 30_000, { rpm: 101 }), 0, 'within the same window');
  t.equal(through(workers, 400, 62_000, { rpm: 101 }), 101);
});

test('tokens, slots and money are shared alike', async (t) => {
  const use = { client: 'a', requests: 0, tokens: 600, slots: 3, usd: 2 };
  const hear = (workers: readonly OwnLimits[]) => {
    for (const worker of workers) worker.hear(use, at(0));
    return workers;
  };
  t.equal(through(hear(workersAlone()), 40, 1, { tpm: 1_400 }), 8, 'a hundred each');
  t.equal(through(hear(workersAlone()), 40, 1, { concurrency: 10 }), 7);
  t.equal(through(hear(workersAlone()), 80, 1, { budget: { usd: 4, per: 'month' } }), 20, 'ten cents each');
});

test('a worker without a share refuses and says when there may be one', async (t) => {
  const [worker] = workersAlone();
  worker?.hear({ client: 'a', requests: 10, tokens: 1_000, slots: 0, usd: 0 }, at(0));
  t.match(worker?.admit(ask({ rpm: 10 }), at(1_000)), { admitted: false, limit: 'rpm', retryAfter: 60_000 });
  t.match(worker?.admit(ask({ tpm: 1_000 }), at(1_000)), { admitted: false, limit: 'tpm' });
});

test('slots that the shared state gave count, and a slot that is back can be used again', async (t) => {
  const [worker] = workersAlone();
  for (const slot of ['x', 'y']) worker?.hold('a', slot);
  worker?.hear({ client: 'a', requests: 0, tokens: 0, slots: 4, usd: 0 }, at(0));
  t.match(worker?.admit(ask({ concurrency: 4 }, 'z'), at(1)), { admitted: false, limit: 'concurrency' });
  worker?.giveSlot('x');
  t.match(worker?.admit(ask({ concurrency: 4 }, 'z'), at(2)), { admitted: true, receipt: { slot: 'z', alone: true } });
});

test('what was used alone is told once when the shared state is back', async (t) => {
  const [worker] = workersAlone();
  const limits = { rpm: 100, tpm: 100_000, budget: { usd: 100, per: 'day' } } as const;
  const first = worker?.admit(ask(limits), at(0));
  worker?.admit(ask(limits), at(1));
  if (!worker || !first?.admitted) throw new Error('refused');
  t.match(worker.takeCharges(at(2)), [{ client: 'a', requests: 2, tokens: 200, usd: 0.2, per: 'day' }]);
  t.same(worker.takeCharges(at(3)), []);
  t.match(worker.afterwards({ receipt: first.receipt, tokens: 150, usd: 0.3 }), { requests: 0, tokens: 50, per: 'day' });
});
