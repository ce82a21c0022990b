import { test } from 'tap';
import { stages, urlPath } from './cli/values.js';
import { shapeText } from './load-shape.js';
import { engineOf, type LoadWishes, makePlans } from './options.js';
import type { RunPlan } from './result.js';

const WISHES: LoadWishes = {
  ...{
    target: 'direct',
    workers: 4,
    warmup: 0,
    think: [0, 0],
    seed: 0,
    timeScale: 1,
    grace: 60,
    timeout: 120,
    model: 'mock-round',
  },
  ...{ out: '', json: false, quiet: true, color: false, arrivals: 'constant', stream: true },
};

function plan(wishes: Partial<LoadWishes>): RunPlan {
  return makePlans({ ...WISHES, ...wishes })[0] as RunPlan;
}

test('a plain round is what it was: autocannon, streamed chat, no shape', async (t) => {
  const plain = plan({});
  t.equal(engineOf(plain), 'autocannon');
  for (const name of ['arrivals', 'stages', 'iterations', 'request', 'usersFile', 'engine'] as const)
    t.notOk(name in plain, name);
  t.match(plan({ engine: 'own' }), { engine: 'own', vus: 50, durationSeconds: 60 });
});

test('a rate has places for all that can be in flight, within bounds, unless --vus says how many', async (t) => {
  t.match(plan({ rate: 50 }), { arrivals: { perSecond: 50, spacing: 'constant' }, vus: 1000, durationSeconds: 60 });
  t.equal(plan({ rate: 1 }).vus, 100);
  t.equal(plan({ rate: 90_000 }).vus, 10_000);
  t.match(plan({ rate: 50, vus: 7, arrivals: 'poisson' }), { vus: 7, arrivals: { spacing: 'poisson' } });
  t.equal(engineOf(plan({ rate: 5 })), 'own');
});

test('stages say how long and how many: users from --vus, arrivals from --rate', async (t) => {
  const stage = stages('10s:20', stages('30s:100', undefined));
  t.strictSame(stage, [
    { seconds: 30, target: 100 },
    { seconds: 10, target: 20 },
  ]);
  t.match(plan({ stage }), { stages: stage, startUsers: 0, vus: 100, durationSeconds: 40 });
  t.match(plan({ stage, vus: 150, warmup: 5 }), { startUsers: 150, vus: 150, durationSeconds: 35 });
  t.match(plan({ stage, rate: 2 }), { arrivals: { perSecond: 2 }, vus: 2000, startUsers: undefined });
  t.equal(engineOf(plan({ stage })), 'own');
  for (const wrong of ['30s', '30s:x', 'x:3', '30s:-1']) t.throws(() => stages(wrong, undefined), wrong);
});

test('iterations are bounded in time, and other requests are told', async (t) => {
  t.match(plan({ iterations: 5 }), { iterations: 5, durationSeconds: 600 });
  t.match(plan({ iterations: 5, duration: 3 }), { durationSeconds: 3 });
  t.strictSame(plan({ api: 'get', path: '/health', stream: false }).request, { dialect: 'get', stream: false, path: '/health' });
  t.strictSame(plan({ stream: false }).request, { dialect: 'chat', stream: false });
  t.equal(engineOf(plan({ api: 'get' })), 'own');
  t.equal(engineOf(plan({ api: 'messages' })), 'autocannon');
  t.equal(urlPath('/v1/x?y=1'), '/v1/x?y=1');
  for (const wrong of ['v1', '/a b', '/a\r\nx: y']) t.throws(() => urlPath(wrong), wrong);
});

test('the load is told in words', async (t) => {
  t.equal(shapeText(plan({})), '50 users');
  t.equal(shapeText(plan({ rate: 30, arrivals: 'poisson' })), '30 requests/s (poisson), at most 600 at once');
  const stage = [
    { seconds: 30, target: 100 },
    { seconds: 5, target: 0 },
  ];
  t.equal(shapeText(plan({ stage, api: 'messages', stream: false })), '0 → 100 in 30 s → 0 in 5 s users · whole messages');
  t.equal(shapeText(plan({ vus: 3, iterations: 9, users: 'u.csv' })), '3 users · 9 requests · users of u.csv');
});
