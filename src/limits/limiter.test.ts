import fc from 'fast-check';
import { test } from 'tap';
import { Limiter } from './limiter.js';
import type { AdmissionRequest, ClientLimits, Receipt, Verdict } from './types.js';

const WALL = Date.UTC(2026, 10, 21, 12, 0, 0);

function ask(limits: ClientLimits, wish: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return { client: 'a', limits, isCall: true, tokens: 100, usd: 1, slot: 's1', ...wish };
}

function at(now: number) {
  return { now, wall: WALL + now };
}

function receiptOf(verdict: Verdict): Receipt {
  if (!verdict.admitted) throw new Error(`refused: ${verdict.limit}`);
  return verdict.receipt;
}

test('never more requests than the limit in any minute, and the whole limit in each', async (t) => {
  const limiter = new Limiter();
  const times: number[] = [];
  for (let now = 0; now < 300_000; now += 137) if (limiter.admit(ask({ rpm: 50 }), 1, at(now)).admitted) times.push(now);
  for (const [index, time] of times.entries())
    t.ok((times[index + 50] ?? Number.POSITIVE_INFINITY) > time + 60_000, `${time}: at most 50 in the minute after it`);
  t.ok(times.length >= 240, `${times.length} in five minutes`);
});

test('a refusal says when it is worth asking again', async (t) => {
  const limiter = new Limiter();
  for (const now of [500, 10_500]) t.ok(limiter.admit(ask({ rpm: 2 }), 1, at(now)).admitted);
  const refused = limiter.admit(ask({ rpm: 2 }), 1, at(20_000));
  t.match(refused, { admitted: false, limit: 'rpm', retryAfter: 41_000 });
  t.match(limiter.admit(ask({ rpm: 2 }), 1, at(60_999)), { admitted: false });
  t.match(limiter.admit(ask({ rpm: 2 }), 1, at(61_000)), {
    admitted: true,
    allowance: { requests: { remaining: 0, reset: 61_000 } },
  });
});

test('tokens are reserved by guess and settled by use; a failed request gives all back', async (t) => {
  const limiter = new Limiter();
  const limits = { tpm: 1_000 };
  const first = receiptOf(limiter.admit(ask(limits, { tokens: 900 }), 1, at(0)));
  t.match(limiter.admit(ask(limits, { tokens: 200 }), 1, at(100)), { admitted: false, limit: 'tpm' });
  limiter.settle({ receipt: first, tokens: 300, usd: 0 }, at(200));
  const second = receiptOf(limiter.admit(ask(limits, { tokens: 700 }), 1, at(300)));
  limiter.settle({ receipt: second, tokens: 0, usd: 0 }, at(400));
  t.equal(limiter.use('a', undefined, at(500)).tokens, 300);
  const third = receiptOf(limiter.admit(ask(limits, { tokens: 100 }), 1, at(600)));
  limiter.settle({ receipt: third, tokens: 900, usd: 0 }, at(700));
  t.match(limiter.admit(ask(limits), 1, at(800)), { admitted: false }, 'what was used beyond the guess counts too');
});

test('a guess larger than the whole limit is let through alone', async (t) => {
  const limiter = new Limiter();
  const huge = ask({ tpm: 1_000 }, { tokens: 50_000 });
  const receipt = receiptOf(limiter.admit(huge, 1, at(0)));
  t.match(limiter.admit(huge, 1, at(1)), { admitted: false, limit: 'tpm' });
  limiter.settle({ receipt, tokens: 10, usd: 0 }, at(2));
  t.match(limiter.admit(huge, 1, at(3)), { admitted: false }, 'not beside others');
});

test('what only counts tokens is limited by requests alone', async (t) => {
  const limiter = new Limiter();
  const limits = { rpm: 2, tpm: 1, concurrency: 1, budget: { usd: 0.5, per: 'day' } } as const;
  const count = ask(limits, { isCall: false, slot: '' });
  for (const now of [0, 1]) t.ok(limiter.admit(count, 1, at(now)).admitted);
  t.match(limiter.admit(count, 1, at(2)), { limit: 'rpm' });
});

test("a dead worker's slots are free, others' are not", async (t) => {
  const limiter = new Limiter();
  const limits = { concurrency: 3 };
  for (const [slot, worker] of [
    ['a', 1],
    ['b', 1],
    ['c', 2],
  ] as const)
    t.ok(limiter.admit(ask(limits, { slot }), worker, at(0)).admitted);
  t.match(limiter.admit(ask(limits, { slot: 'd' }), 2, at(1)), { admitted: false, limit: 'concurrency' });
  limiter.slots.giveAllOf(1);
  t.equal(limiter.use('a', undefined, at(2)).slots, 1);
});

test('a budget is spent in its calendar period and there again with the next; a reload to another length gives nothing back', async (t) => {
  const limiter = new Limiter();
  const day = { budget: { usd: 2.5, per: 'day' } } as const;
  for (const now of [0, 1]) limiter.admit(ask(day), 1, at(now));
  t.match(limiter.admit(ask(day), 1, at(2)), { admitted: false, limit: 'budget', retryAfter: 12 * 3_600_000 - 2 });
  t.match(limiter.admit(ask({ budget: { usd: 2.5, per: 'week' } }), 1, at(3)), { admitted: false });
  t.match(limiter.admit(ask({ budget: { usd: 9, per: 'month' } }), 1, at(4)), { admitted: true });
  t.match(limiter.use('a', 'month', at(5)), { usd: 3 });
  t.match(limiter.admit(ask(day), 1, at(6)), { admitted: false });
  t.match(limiter.admit(ask(day), 1, at(12 * 3_600_000)), { admitted: true }, 'midnight');
});

test('new limits hold at once and keep what was counted', async (t) => {
  const limiter = new Limiter();
  for (let now = 0; now < 10; now++) limiter.admit(ask({ rpm: 10 }), 1, at(now));
  t.match(limiter.admit(ask({ rpm: 5 }), 1, at(20)), { admitted: false, allowance: { requests: { limit: 5, remaining: 0 } } });
  t.match(limiter.admit(ask({ rpm: 11 }), 1, at(21)), { admitted: true });
  limiter.retain(new Set(['a']));
  t.match(limiter.admit(ask({ rpm: 11 }), 1, at(22)), { admitted: false });
});

type Step =
  | { readonly kind: 'admit'; readonly worker: number; readonly tokens: number }
  | { readonly kind: 'settle'; readonly which: number; readonly share: number }
  | { readonly kind: 'crash'; readonly worker: number }
  | { readonly kind: 'wait'; readonly time: number };

const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('admit' as const),
        worker: fc.integer({ min: 1, max: 3 }),
        tokens: fc.integer({ min: 0, max: 400 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('settle' as const),
        which: fc.nat(20),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const), worker: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), time: fc.integer({ min: 0, max: 30_000 }) }) },
  ),
  { maxLength: 120 },
);

test('no order of asking, settling, dying and waiting lets more through than any of the limits', async () => {
  const limits = { rpm: 8, tpm: 1_000, concurrency: 4, budget: { usd: 3, per: 'month' } } as const;
  fc.assert(
    fc.property(steps, (list: Step[]) => {
      const limiter = new Limiter();
      const running: { receipt: Receipt; worker: number; index: number }[] = [];
      const admitted: { time: number; tokens: number }[] = [];
      let now = 0;
      let spent = 0;
      for (const [name, step] of list.entries()) {
        if (step.kind === 'wait') now += step.time;
        else if (step.kind === 'crash') {
          limiter.slots.giveAllOf(step.worker);
          for (let at = running.length - 1; at >= 0; at--) if (running[at]?.worker === step.worker) running.splice(at, 1);
        } else if (step.kind === 'settle') {
          const [one] = running.splice(step.which % Math.max(1, running.length), 1);
          if (!one) continue;
          const tokens = Math.floor(one.receipt.tokens * step.share);
          limiter.settle({ receipt: one.receipt, tokens, usd: 0 }, { now });
          spent -= one.receipt.usd;
          const entry = admitted[one.index];
          if (entry) entry.tokens = tokens;
        } else {
          const request = ask(limits, { tokens: step.tokens, usd: 0.25, slot: `s${name}` });
          const verdict = limiter.admit(request, step.worker, { now, wall: WALL });
          if (!verdict.admitted) continue;
          spent += 0.25;
          admitted.push({ time: now, tokens: verdict.receipt.tokens });
          running.push({ receipt: verdict.receipt, worker: step.worker, index: admitted.length - 1 });
        }
        const minute = admitted.filter(({ time }) => time > now - 60_000);
        const tokens = minute.reduce((sum, entry) => sum + entry.tokens, 0);
        if (minute.length > 8 || tokens > 1_000 || running.length > 4 || spent > 3 + 1e-9) return false;
      }
      return true;
    }),
    { numRuns: 300 },
  );
});
