import { setTimeout as sleep } from 'node:timers/promises';
import { t as tap, test } from 'tap';
import { startRedis, type TestRedis } from '../../test/helpers/redis.js';
import type { GatewayConfig } from '../config.js';
import type { AdmissionRequest, ClientLimits, Verdict } from '../limits/types.js';
import { contractConfig } from './contract-config.js';
import { RedisStore } from './redis.js';

const WORKERS = 4;
let slots = 0;

function config(limits: ClientLimits, store: Partial<GatewayConfig['store']> = {}): GatewayConfig {
  return contractConfig({ clients: [{ name: 'app', keyHash: '', models: ['*'], ...limits }], store });
}

function question(limits: ClientLimits): AdmissionRequest {
  return { client: 'app', limits, isCall: true, tokens: 10, usd: 0.01, slot: `slot-${++slots}` };
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tick = 0; tick < 600; tick++, await sleep(25)) if (await holds()) return;
  throw new Error(`never: ${holds}`);
}

interface Bench {
  readonly redis: TestRedis;
  readonly stores: readonly RedisStore[];
}

/** Several workers on one Redis, each of which has been counted by the roll call. */
async function bench(t: { teardown(body: () => unknown): void }, settings: GatewayConfig): Promise<Bench> {
  const redis = await startRedis();
  const stores = Array.from({ length: WORKERS }, () => new RedisStore(settings, redis.url));
  t.teardown(async () => {
    await Promise.all(stores.map((store) => store.close()));
    redis.thaw();
    await redis.kill();
  });
  await Promise.all(stores.map((store) => store.ready));
  await until(async () => (await redis.command('ZCARD', '{tidegate}:workers')) === String(WORKERS));
  // Each must have heard of all the others.
  await sleep(1_500);
  return { redis, stores };
}

async function through(stores: readonly RedisStore[], times: number, limits: ClientLimits): Promise<number> {
  const asked = Array.from({ length: times }, (_, index) => stores[index % stores.length]?.admit(question(limits)));
  const verdicts = (await Promise.all(asked)) as Verdict[];
  return verdicts.filter(({ admitted }) => admitted).length;
}

async function away({ redis, stores }: Bench): Promise<void> {
  await redis.kill();
  await until(async () => {
    for (const store of stores) await store.choose({ alias: 'm', model: 'm', session: `s${Math.random()}` });
    return stores.every((store) => store.health.degraded);
  });
}

test('Redis goes away in the middle: in sum at most five per cent more than the limit gets through, and it is told afterwards', async (t) => {
  const limits = { rpm: 100 };
  const both = await bench(t, config(limits, { timeout: 2_000 }));
  const before = await through(both.stores, 60, limits);
  t.equal(before, 60);
  await sleep(1_200);
  await away(both);
  const alone = await through(both.stores, 200, limits);
  t.ok(before + alone <= 105 && alone >= 20, `${before} before, ${alone} alone`);
  await both.redis.restart();
  await until(() => both.stores.every((store) => !store.health.degraded));
  await until(async () => Number(await both.redis.command('HGET', '{tidegate}:limit:app', 'r')) === alone);
  t.equal(await through(both.stores, 300, limits), 100 - alone, 'an empty Redis knows of what was let through alone');
});

test('policy closed: without Redis a client with limits is refused, and at once', async (t) => {
  const limits = { rpm: 100 };
  const both = await bench(t, config(limits, { timeout: 2_000, limitsWhenAway: 'closed' }));
  t.equal(await through(both.stores, 8, limits), 8);
  await away(both);
  t.match(await both.stores[0]?.admit(question(limits)), { admitted: false, limit: 'away' });
  t.match(await both.stores[0]?.choose({ alias: 'm', model: 'm' }), { found: true }, 'others are served');
});

test('slots of a host that died end with their lease, those of the living are renewed', async (t) => {
  const limits = { concurrency: 4 };
  const both = await bench(t, config(limits, { timeout: 2_000 }));
  for (const store of both.stores) t.match(await store.admit(question(limits)), { admitted: true });
  const key = '{tidegate}:slots:c:app';
  const names = (await both.redis.command('ZRANGE', key, '0', '-1')).split('\n');
  // One host is no more: nobody renews its slot. Time is set forward for all of them.
  await both.stores[0]?.close();
  for (const name of names) await both.redis.command('ZADD', key, '1', name);
  await until(async () => {
    const held = await both.redis.command('ZCOUNT', key, '2', '+inf');
    return Number(held) === 3;
  });
  t.equal(await through(both.stores.slice(1), 9, limits), 1);
});

test('slots of a worker that its primary saw die are free at once, those of others are not', async (t) => {
  const limits = { concurrency: 4 };
  const settings = contractConfig({
    ...{ cap: 2, weights: [1] },
    clients: [{ name: 'app', keyHash: '', models: ['*'], ...limits }],
    store: { timeout: 2_000 },
  });
  const { redis, stores } = await bench(t, settings);
  const primary = new RedisStore(settings, redis.url, undefined, false);
  t.teardown(() => primary.close());
  await primary.ready;
  t.equal(await through(stores, 12, limits), 4);
  const ask = () => stores[0]?.choose({ alias: 'm', model: 'm' });
  for (let index = 0; index < 2; index++) t.match(await ask(), { found: true });
  t.match(await ask(), { found: false, reason: 'busy' });
  await redis.command('ZADD', '{tidegate}:slots:c:app', String(Date.now() + 6_000), 'dead.1');
  await redis.command('ZADD', '{tidegate}:slots:k:u/k0', String(Date.now() + 6_000), 'dead.2');
  primary.answer({ type: 'store-owner', owner: 'dead.' }, () => {}, 3);
  primary.gone(3);
  primary.gone(4);
  await until(async () => (await redis.command('ZCARD', '{tidegate}:slots:k:u/k0')) === '2');
  await until(async () => (await redis.command('ZCARD', '{tidegate}:slots:c:app')) === '4');
});

test('every key of limits and usage has a time to live and the one hash tag', async (t) => {
  const limits = { rpm: 10, tpm: 1_000, concurrency: 4, budget: { usd: 5, per: 'month' } } as const;
  const both = await bench(t, config(limits, { timeout: 2_000 }));
  await through(both.stores, 8, limits);
  const row = { client: 'app', alias: 'm', upstream: 'u', credential: 'k0', requests: 1, failures: 0 };
  const rows = [{ ...row, input: 10, cachedInput: 0, cacheWrite: 0, output: 5, reasoning: 0, usd: 0.5 }];
  for (const batch of [1, 1, 2]) t.ok(await both.stores[0]?.addUsage(rows, batch));
  t.match(
    await both.stores[1]?.keptUsage(),
    [{ ...row, requests: 2, input: 20, usd: 1 }],
    'a batch that is told twice counts once',
  );
  const keys = (await both.redis.command('KEYS', '*')).split('\n');
  for (const key of keys) {
    t.ok(key.startsWith('{tidegate}:'), key);
    t.ok(Number(await both.redis.command('PTTL', key)) > 0, key);
  }
  for (const key of ['limit:app', 'slots:c:app', 'usage', 'workers']) t.ok(keys.includes(`{tidegate}:${key}`), key);
});

test('poisoned limits are nothing, and are mended', async (t) => {
  const limits = { rpm: 3, tpm: 1_000, concurrency: 4, budget: { usd: 5, per: 'day' } } as const;
  const both = await bench(t, config(limits, { timeout: 2_000 }));
  for (const key of ['limit:app', 'slots:c:app', 'workers', 'usage']) {
    await both.redis.command('DEL', `{tidegate}:${key}`);
    await both.redis.command('SET', `{tidegate}:${key}`, 'poison');
  }
  t.equal(await through(both.stores, 9, limits), 3);
  await both.redis.command('HSET', '{tidegate}:limit:app', 'r', 'x', 'b', 'y', 's', 'z');
  t.match(await both.stores[0]?.admit(question(limits)), { admitted: true });
  t.ok(both.stores.every((store) => store.health.fallbacks === 0));
});

tap.setTimeout(120_000);
