import fc from 'fast-check';
import { test } from 'tap';
import { Ledger, type LedgerConfig } from './ledger.js';
import type { ChoiceRequest, ChosenCredential } from './types.js';

const REQUEST: ChoiceRequest = { alias: 'm', model: 'm' };

function configOf(weights: readonly number[]): LedgerConfig {
  return {
    upstreams: [upstream('u', weights)],
    models: [{ name: 'm', targets: [{ upstream: 'u', weight: 1, priority: 1 }] }],
    sticky: { header: 'x', ttl: 16_000, maxSessions: 100, promptPrefix: true },
  };
}

function upstream(name: string, weights: readonly number[]): LedgerConfig['upstreams'][number] {
  const credentials = weights.map((weight, index) => ({ id: `k${index}`, key: `secret-${index}`, weight }));
  return { name, protocol: 'openai', api: 'chat', transport: 'socket', baseUrl: 'http://127.0.0.1', credentials };
}

function picked(ledger: Ledger, request: ChoiceRequest, now: number): ChosenCredential {
  const choice = ledger.choose(request, now);
  if (!choice.found) throw new Error(`refused: ${choice.reason}`);
  return choice;
}

function count(ledger: Ledger, picks: number, now: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let pick = 0; pick < picks; pick++) {
    const { credential } = picked(ledger, REQUEST, now);
    counts[credential] = (counts[credential] ?? 0) + 1;
  }
  return counts;
}

test('equal weights differ by at most one after any number of picks', async (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 200 }), (members, picks) => {
      const counts = count(new Ledger(configOf(Array(members).fill(7))), picks, 0);
      const all = Array.from({ length: members }, (_, index) => counts[`k${index}`] ?? 0);
      return Math.max(...all) - Math.min(...all) <= 1;
    }),
  );
  t.pass();
});

test('weights are exact over each cycle', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 3 }),
      (weights, cycles) => {
        const ledger = new Ledger(configOf(weights));
        const sum = weights.reduce((a, b) => a + b, 0);
        const counts = count(ledger, sum * cycles, 0);
        return weights.every((weight, index) => counts[`k${index}`] === weight * cycles);
      },
    ),
  );
  t.pass();
});

test('the turns of those that rest are spread evenly over the others, whatever rests', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 2, maxLength: 20 }), fc.integer({ min: 0, max: 300 }), (resting, picks) => {
      fc.pre(resting.includes(false));
      const ledger = new Ledger(configOf(resting.map(() => 1)));
      resting.forEach((rests, index) => {
        if (rests) ledger.pause(`u/k${index}`);
      });
      const counts = count(ledger, picks, 0);
      const used = resting.flatMap((rests, index) => (rests ? [] : [counts[`k${index}`] ?? 0]));
      const unused = resting.some((rests, index) => rests && counts[`k${index}`]);
      // One for each of the two cursors.
      return !unused && Math.max(...used) - Math.min(...used) <= 2;
    }),
  );
  t.pass();
});

test('a session stays until its credential rests, then moves once', async (t) => {
  const ledger = new Ledger(configOf([1, 1, 1, 1]));
  const request = { ...REQUEST, session: 's' };
  const first = picked(ledger, request, 0);
  t.equal(first.sticky, false);
  for (let i = 1; i < 10; i++) t.match(ledger.choose(request, i), { credential: first.credential, sticky: true });
  ledger.report({ upstream: 'u', credential: first.credential, model: 'm', kind: 'rate-limited', retryAfter: 5_000 }, 10);
  const second = picked(ledger, request, 11);
  t.not(second.credential, first.credential);
  t.match(ledger.choose(request, 6_000), { credential: second.credential, sticky: true }, 'it does not go back');
});

test('an idle session is forgotten, a used one is not', async (t) => {
  const ledger = new Ledger(configOf([1, 1]));
  const request = { ...REQUEST, session: 's' };
  ledger.choose(request, 0);
  t.match(ledger.choose(request, 16_000), { sticky: true });
  ledger.touch('s|m', 30_000);
  t.match(ledger.choose(request, 46_000), { sticky: true });
  t.match(ledger.choose(request, 46_000 + 17_001), { sticky: false });
});

test('the table of sessions is bounded and the least recently used leaves', async (t) => {
  const ledger = new Ledger(configOf([1, 1]));
  for (let i = 0; i < 101; i++) {
    ledger.choose({ ...REQUEST, session: `s${i}` }, i);
    ledger.choose({ ...REQUEST, session: 's0' }, i);
  }
  t.equal(ledger.snapshot(101).sessions.count, 100);
  t.match(ledger.choose({ ...REQUEST, session: 's0' }, 102), { sticky: true });
  t.match(ledger.choose({ ...REQUEST, session: 's1' }, 102), { sticky: false });
});

test('Retry-After is the ceiling of a rest and exactly one trial follows', async (t) => {
  const ledger = new Ledger(configOf([1, 1]));
  ledger.report({ upstream: 'u', credential: 'k0', model: 'm', kind: 'rate-limited', retryAfter: 3_000 }, 0);
  t.strictSame(count(ledger, 10, 2_999), { k1: 10 });
  const choices = Array.from({ length: 10 }, () => picked(ledger, REQUEST, 3_000));
  t.equal(choices.filter((choice) => choice.trial).length, 1);
  t.equal(choices.filter((choice) => choice.credential === 'k0').length, 1);
  ledger.report({ upstream: 'u', credential: 'k0', model: 'm', kind: 'ok', trial: true }, 3_100);
  t.strictSame(count(ledger, 10, 3_100), { k0: 5, k1: 5 });
});

test('a failed trial rests longer, and a trial nobody tells of is given again after its lease', async (t) => {
  const ledger = new Ledger(configOf([1, 1]));
  const limited = { upstream: 'u', credential: 'k0', model: 'm', kind: 'rate-limited' } as const;
  t.match(ledger.report(limited, 0), [{ remaining: 1_000 }]);
  t.match(ledger.report(limited, 1_000), [{ remaining: 2_000 }]);
  t.match(ledger.report(limited, 1_500), [{ remaining: 2_000 }], 'the same incident told again is not counted again');
  t.strictSame(count(ledger, 4, 3_499), { k1: 4 });
  t.equal(Array.from({ length: 4 }, () => picked(ledger, REQUEST, 3_500)).filter((choice) => choice.trial).length, 1);
  t.strictSame(count(ledger, 4, 63_499), { k1: 4 });
  t.ok(Array.from({ length: 2 }, () => picked(ledger, REQUEST, 63_500)).some((choice) => choice.trial));
});

test('an answer begun before the rest does not end it', async (t) => {
  const ledger = new Ledger(configOf([1, 1]));
  ledger.report({ upstream: 'u', credential: 'k0', model: 'm', kind: 'rate-limited', retryAfter: 3_000 }, 0);
  t.strictSame(ledger.report({ upstream: 'u', credential: 'k0', model: 'm', kind: 'ok' }, 1), []);
  t.strictSame(count(ledger, 4, 2), { k1: 4 });
});

test('a rest is for one model, a refused key rests for every model', async (t) => {
  const ledger = new Ledger({ ...configOf([1]), models: [{ name: '*', targets: [{ upstream: 'u', weight: 1, priority: 1 }] }] });
  const ask = (model: string) => ledger.choose({ alias: '*', model }, 1);
  ledger.report({ upstream: 'u', credential: 'k0', model: 'a', kind: 'rate-limited', retryAfter: 100 }, 0);
  t.match(ask('a'), { found: false, reason: 'resting', rest: 'rate-limited', retryAfter: 99 });
  t.match(ask('b'), { found: true, model: 'b' });
  ledger.report({ upstream: 'u', credential: 'k0', model: 'b', kind: 'refused' }, 0);
  t.match(ask('c'), { found: false, rest: 'refused', retryAfter: 59_999 });
});

test('when all are only failing the one back soonest is tried; limits, refusals and pauses are never overridden', async (t) => {
  const ledger = new Ledger(configOf([1, 1, 1]));
  const failed = (credential: string, now: number) =>
    ledger.report({ upstream: 'u', credential, model: 'm', kind: 'failed', atOnce: true }, now);
  failed('k1', 0);
  failed('k0', 10);
  ledger.report({ upstream: 'u', credential: 'k2', model: 'm', kind: 'rate-limited', retryAfter: 20 }, 0);
  t.match(ledger.choose(REQUEST, 11), { found: true, credential: 'k1', trial: true });
  t.match(ledger.choose({ ...REQUEST, exclude: ['u/k1'] }, 11), { found: true, credential: 'k0' });
  ledger.pause('u/k0');
  ledger.pause('u/k1');
  t.match(ledger.choose(REQUEST, 11), { found: false, reason: 'resting', rest: 'rate-limited', retryAfter: 9 });
  ledger.report({ upstream: 'u', credential: 'k1', model: 'm', kind: 'ok', trial: true }, 12);
  t.match(ledger.choose({ ...REQUEST, exclude: ['u/k2'] }, 12), { found: false, rest: 'paused', retryAfter: undefined });
});

test('what was tried, and what is not configured, is said', async (t) => {
  const ledger = new Ledger(configOf([1]));
  t.match(ledger.choose({ ...REQUEST, exclude: ['u/k0'] }, 0), { found: false, reason: 'tried' });
  t.match(ledger.choose({ alias: 'other', model: 'other' }, 0), { found: false, reason: 'none' });
});

test('the next priority serves only while nothing of the first can, and weights of targets are exact', async (t) => {
  const ledger = new Ledger({
    ...configOf([1]),
    upstreams: [upstream('a', [1, 1]), upstream('b', [1]), upstream('spare', [1])],
    models: [
      {
        name: 'm',
        targets: [
          { upstream: 'a', weight: 3, priority: 1, model: 'a-model' },
          { upstream: 'b', weight: 1, priority: 1 },
          { upstream: 'spare', weight: 1, priority: 2 },
        ],
      },
    ],
  });
  const upstreams = () =>
    Array.from({ length: 8 }, () => picked(ledger, REQUEST, 0).upstream)
      .sort()
      .join('');
  t.equal(upstreams(), 'aaaaaabb');
  ledger.pause('a/k0');
  t.equal(upstreams(), 'aaaaaabb', 'a target with one credential left keeps its share');
  ledger.pause('a/k1');
  t.equal(upstreams(), 'bbbbbbbb');
  ledger.pause('b/k0');
  t.equal(picked(ledger, REQUEST, 0).upstream, 'spare');
  ledger.resume('a/k0');
  t.match(picked(ledger, REQUEST, 0), { upstream: 'a', credential: 'k0', model: 'a-model' });
});

test('a new configuration keeps turns, rests and sessions of what stays', async (t) => {
  const ledger = new Ledger(configOf([1, 1, 1]));
  const request = { ...REQUEST, session: 's' };
  t.equal(picked(ledger, request, 0).credential, 'k0');
  ledger.report({ upstream: 'u', credential: 'k1', model: 'm', kind: 'rate-limited', retryAfter: 500 }, 0);
  ledger.configure(configOf([1, 1, 1, 1]), 1);
  t.match(ledger.choose(request, 1), { credential: 'k0', sticky: true });
  t.not(picked(ledger, REQUEST, 1).credential, 'k1');
  ledger.configure(
    { ...configOf([1]), upstreams: [{ ...upstream('u', [1]), credentials: [{ id: 'k9', key: 'x', weight: 1 }] }] },
    2,
  );
  t.match(ledger.choose(request, 2), { credential: 'k9', sticky: false });
});

test('a session has one credential for each alias, so that a second model does not make it hop', async (t) => {
  const config = configOf([1]);
  const ledger = new Ledger({
    ...config,
    upstreams: [upstream('a', [1, 1]), upstream('b', [1, 1])],
    models: ['a', 'b'].map((name) => ({ name, targets: [{ upstream: name, weight: 1, priority: 1 }] })),
  });
  const ask = (name: string) => picked(ledger, { alias: name, model: name, session: 's' }, 0);
  const before = [ask('a'), ask('b')];
  for (const [index, name] of ['a', 'b', 'a', 'b'].entries())
    t.match(ask(name), { credential: before[index % 2]?.credential, sticky: true });
});

const COUNTED = { upstream: 'u', credential: 'k0', model: 'm', kind: 'failed' } as const;

test('one failure among many attempts rests nothing, half of them do', async (t) => {
  const ledger = new Ledger(configOf([1, 1]));
  t.strictSame(ledger.report({ ...COUNTED, attempts: 10 }, 0), [], 'the first');
  for (let failure = 2; failure < 9; failure++) t.strictSame(ledger.report({ ...COUNTED, attempts: 1 }, failure), []);
  t.match(ledger.report({ ...COUNTED, attempts: 1 }, 10), [{ reason: 'failing', remaining: 500 }], '9 of 18');
  t.strictSame(count(ledger, 4, 11), { k1: 4 });
});

test('failures further apart than the window are not added up', async (t) => {
  const ledger = new Ledger(configOf([1, 1]));
  for (let at = 0; at < 300_000; at += 30_000) t.strictSame(ledger.report(COUNTED, at), []);
  t.match(ledger.report(COUNTED, 280_000), [{ reason: 'failing' }]);
});

test('what says "not now", or fails its trial, rests at once', async (t) => {
  for (const outcome of [{ atOnce: true }, { retryAfter: 300 }, { trial: true }])
    t.match(new Ledger(configOf([1])).report({ ...COUNTED, ...outcome }, 0), [{ reason: 'failing', remaining: 500 }]);
});

test('a session stays where it is when its credential was merely tried, and moves when that rests', async (t) => {
  const ledger = new Ledger(configOf([1, 1, 1]));
  const request = { ...REQUEST, session: 's' };
  const { credential } = picked(ledger, request, 0);
  const key = `u/${credential}` as const;
  ledger.report({ ...COUNTED, credential, attempts: 5 }, 1);
  t.not(picked(ledger, { ...request, exclude: [key] }, 1).credential, credential);
  t.match(ledger.choose(request, 2), { credential, sticky: true });
  ledger.report({ ...COUNTED, credential, atOnce: true }, 3);
  const next = picked(ledger, { ...request, exclude: [key] }, 4);
  t.match(ledger.choose(request, 5), { credential: next.credential, sticky: true });
});

test('an upstream can be passed over whole', async (t) => {
  const config = { ...configOf([1]), upstreams: [upstream('a', [1, 1]), upstream('b', [1])] };
  const targets = ['a', 'b'].map((name) => ({ upstream: name, weight: 1, priority: 1 }));
  const ledger = new Ledger({ ...config, models: [{ name: 'm', targets }] });
  for (let pick = 0; pick < 4; pick++) t.equal(picked(ledger, { ...REQUEST, exclude: ['a/*'] }, 0).upstream, 'b');
  t.match(ledger.choose({ ...REQUEST, exclude: ['a/*', 'b/*'] }, 0), { found: false, reason: 'tried' });
});

test('the last resort ends with the fifth rest in a row: then only trials go out', async (t) => {
  const ledger = new Ledger(configOf([1]));
  const fail = (now: number) => ledger.report({ ...COUNTED, atOnce: true, trial: true }, now);
  let now = 0;
  for (const length of [500, 1_000, 2_000, 4_000]) {
    t.match(fail(now), [{ remaining: length }]);
    t.match(ledger.choose(REQUEST, now), { found: true, trial: true });
    t.match(fail(now + 1), [{ remaining: length - 1 }], 'the same incident lasts no longer for it');
    now += length;
  }
  t.match(fail(now), [{ remaining: 4_000 }]);
  t.match(ledger.choose(REQUEST, now + 1), { found: false, reason: 'resting', rest: 'failing', retryAfter: 3_999 });
  t.match(ledger.choose(REQUEST, now + 4_000), { found: true, trial: true });
  ledger.report({ ...COUNTED, kind: 'ok', trial: true }, now + 4_001);
  t.match(ledger.choose(REQUEST, now + 4_002), { found: true, trial: false });
});

test('a spent limit rests until it fills up, without a trial, and is a last resort', async (t) => {
  const ledger = new Ledger(configOf([1, 1]));
  const spent = (credential: string, retryAfter: number, now: number) =>
    ledger.report({ upstream: 'u', credential, model: 'm', kind: 'spent', retryAfter }, now);
  t.match(spent('k0', 2_000, 0), [{ reason: 'spent', remaining: 2_000 }]);
  t.strictSame(spent('k0', 2_000, 1), [], 'told once');
  t.strictSame(count(ledger, 4, 1_999), { k1: 4 });
  t.notOk(Array.from({ length: 4 }, () => picked(ledger, REQUEST, 2_000)).some((choice) => choice.trial));
  t.match(spent('k1', 600_000, 2_000), [{ remaining: 60_000 }], 'within bounds');
  spent('k0', 1_000, 2_000);
  t.match(ledger.choose(REQUEST, 2_001), { found: true, credential: 'k0' }, 'nobody has refused anything');
  ledger.report({ upstream: 'u', credential: 'k0', model: 'm', kind: 'rate-limited', retryAfter: 500 }, 2_002);
  t.match(spent('k0', 9_000, 2_003), [], 'a limit that was told of stays');
  t.match(ledger.choose(REQUEST, 2_003), { found: true, credential: 'k1' });
});

test('a trial that found out nothing is given to the next', async (t) => {
  const ledger = new Ledger(configOf([1]));
  ledger.report({ upstream: 'u', credential: 'k0', model: 'm', kind: 'rate-limited', retryAfter: 1_000 }, 0);
  t.match(ledger.choose(REQUEST, 1_000), { found: true, trial: true });
  t.match(ledger.choose(REQUEST, 1_001), { found: false });
  ledger.report({ upstream: 'u', credential: 'k0', model: 'm', kind: 'unknown', trial: true }, 1_002);
  t.match(ledger.choose(REQUEST, 1_003), { found: true, trial: true });
});

test('a session whose credential is spent is served elsewhere for a while and stays; one pinned to it waits for nobody', async (t) => {
  const ledger = new Ledger(configOf([1, 1]));
  const request = { ...REQUEST, session: 's' };
  const { credential } = picked(ledger, request, 0);
  ledger.report({ upstream: 'u', credential, model: 'm', kind: 'spent', retryAfter: 1_000 }, 1);
  const elsewhere = picked(ledger, request, 2);
  t.match(elsewhere, { sticky: false, spilled: true });
  t.not(elsewhere.credential, credential);
  t.match(ledger.choose({ ...request, pinned: true }, 3), { credential, sticky: true, trial: false });
  t.match(ledger.choose(request, 1_001), { credential, sticky: true });
});
