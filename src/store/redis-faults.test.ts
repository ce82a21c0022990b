import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { startRedis, type TestRedis } from '../../test/helpers/redis.js';
import type { ChoiceRequest } from '../credential/types.js';
import { contractConfig } from './contract-config.js';
import { RedisStore } from './redis.js';

const REQUEST: ChoiceRequest = { alias: 'm', model: 'm' };
const TIMEOUT = 100;
/** A timer on a busy machine fires late; what is told apart here is a time-out from waiting for ever. */
const SLACK = 400;

function openStore(redis: TestRedis): RedisStore {
  return new RedisStore(contractConfig({ store: { timeout: TIMEOUT } }), redis.url);
}

async function healed(store: RedisStore): Promise<boolean> {
  for (let tick = 0; tick < 100 && store.health.degraded; tick++) await sleep(50);
  return !store.health.degraded;
}

async function slowest(store: RedisStore, times: number): Promise<number> {
  let longest = 0;
  for (let i = 0; i < times; i++) {
    const before = performance.now();
    const choice = await store.choose({ ...REQUEST, session: `fresh-${before}` });
    if (!choice.found) throw new Error(`refused: ${choice.reason}`);
    longest = Math.max(longest, performance.now() - before);
  }
  return longest;
}

async function withStore(body: (redis: TestRedis, store: RedisStore) => Promise<void>): Promise<void> {
  const redis = await startRedis();
  const store = openStore(redis);
  try {
    await store.ready;
    await body(redis, store);
  } finally {
    await store.close();
    redis.thaw();
    await redis.kill();
  }
}

test('Redis killed and started again: requests go on, the shared state is used again within five seconds', (t) =>
  withStore(async (redis, store) => {
    await slowest(store, 3);
    await redis.kill();
    t.ok((await slowest(store, 30)) < TIMEOUT + SLACK);
    t.equal(store.health.degraded, true);
    await redis.restart();
    t.ok(await healed(store));
    const { fallbacks } = store.health;
    t.ok((await slowest(store, 5)) < TIMEOUT + SLACK);
    t.equal(store.health.fallbacks, fallbacks);
    t.equal(await redis.command('HGET', '{tidegate}:turns', 'u:u'), '5');
  }));

test('Redis killed and back empty: the sessions that a worker knows stay on their credentials', (t) =>
  withStore(async (redis, store) => {
    const sessions = Array.from({ length: 12 }, (_, index) => `s${index}`);
    const bound = async () => {
      const choices = await Promise.all(sessions.map(async (session) => store.choose({ ...REQUEST, session })));
      return choices.map((choice) => choice.found && choice.credential);
    };
    const before = await bound();
    const known = () => sessions.every((session) => !(store.choose({ ...REQUEST, session }) instanceof Promise));
    for (let tick = 0; tick < 400 && !known(); tick++) await sleep(5);
    await redis.kill();
    for (let tick = 0; tick < 200 && !store.health.degraded; tick++) await slowest(store, 1);
    t.equal(store.health.degraded, true);
    t.same(await bound(), before, 'while it is away');
    await redis.restart();
    t.ok(await healed(store));
    t.same(await bound(), before, 'when it is back and knows none of them');
    t.equal(await redis.command('HGET', '{tidegate}:turns', 'u:u'), '', 'no turn was spent on them');
  }));

test('a new session that meets the outage before it is noticed stays where it was served, when Redis is back too', (t) =>
  withStore(async (redis, store) => {
    await redis.kill();
    // The first turn is what an empty Redis will give.
    await slowest(store, 1);
    const first = await store.choose({ ...REQUEST, session: 'first' });
    t.equal(store.health.degraded, false, 'two failures are no outage yet');
    for (let tick = 0; tick < 200 && !store.health.degraded; tick++) await slowest(store, 1);
    await redis.restart();
    t.ok(await healed(store));
    t.match(await store.choose({ ...REQUEST, session: 'first' }), { credential: first.found && first.credential });
  }));

test('a new session that Redis answered for too late stays where it was served, there too', (t) =>
  withStore(async (redis, store) => {
    // Its turn in Redis is now another than this worker's own.
    await slowest(store, 1);
    redis.freeze();
    const request = { ...REQUEST, session: 'late' };
    const first = await store.choose(request);
    const credential = first.found ? first.credential : '';
    t.equal(store.health.fallbacks, 1);
    redis.thaw();
    const bound = () => redis.command('GET', '{tidegate}:session:late|m');
    for (let tick = 0; tick < 400 && (await bound()) !== `u\n${credential}`; tick++) await sleep(10);
    t.equal(await bound(), `u\n${credential}`);
    t.match(await store.choose(request), { credential });
  }));

test('Redis lost a session and bound it anew: who knows better is corrected when it next tells of a use', async (t) => {
  const redis = await startRedis();
  const config = contractConfig({ store: { timeout: TIMEOUT }, ttl: 4_000 });
  const store = new RedisStore(config, redis.url);
  t.teardown(async () => {
    await store.close();
    await redis.kill();
  });
  await store.ready;
  const request = { ...REQUEST, session: 's' };
  const known = () => !(store.choose(request) instanceof Promise);
  for (let tick = 0; tick < 400 && !known(); tick++) await sleep(5);
  await redis.command('SET', '{tidegate}:session:s|m', 'u\nk2\n', 'PX', '60000');
  let credential = '';
  for (let tick = 0; tick < 200 && credential !== 'k2'; tick++, await sleep(20)) {
    const choice = await store.choose(request);
    credential = choice.found ? choice.credential : '';
  }
  t.equal(credential, 'k2');
  await redis.command('DEL', '{tidegate}:session:s|m');
  for (let tick = 0; tick < 200 && (await redis.command('EXISTS', '{tidegate}:session:s|m')) === '0'; tick++) {
    await sleep(20);
    t.match(await store.choose(request), { credential: 'k2', sticky: true });
  }
  t.equal(await redis.command('GET', '{tidegate}:session:s|m'), 'u\nk2');
});

test('Redis down at the start: the worker serves on its own view and joins in later', async (t) => {
  const redis = await startRedis();
  await redis.kill();
  const store = openStore(redis);
  t.teardown(async () => {
    await store.close();
    await redis.kill();
  });
  await store.ready;
  t.equal(store.health.degraded, true);
  t.ok((await slowest(store, 10)) < TIMEOUT + SLACK);
  await redis.restart();
  t.ok(await healed(store));
});

test('a rest that was learnt while Redis was away is told when it is back, to those who did not see it', (t) =>
  withStore(async (redis, store) => {
    await redis.kill();
    for (let tick = 0; tick < 200 && !store.health.degraded; tick++) await slowest(store, 1);
    store.report({ upstream: 'u', credential: 'k0', model: 'm', kind: 'rate-limited', retryAfter: 600_000 });
    await redis.restart();
    t.ok(await healed(store));
    const other = openStore(redis);
    t.teardown(() => other.close());
    await other.ready;
    const rests = async () => (await other.snapshot()).credentials.find(({ credential }) => credential === 'k0')?.rests ?? [];
    for (let tick = 0; tick < 200 && (await rests()).length === 0; tick++) await sleep(25);
    t.match(await rests(), [{ model: 'm', reason: 'rate-limited' }]);
  }));

test('Redis frozen: a few requests wait for the time-out, the others not at all', (t) =>
  withStore(async (redis, store) => {
    await slowest(store, 3);
    redis.freeze();
    t.ok((await slowest(store, 3)) < TIMEOUT + SLACK);
    t.equal(store.health.degraded, true);
    t.notOk(store.choose(REQUEST) instanceof Promise, 'nobody waits any longer');
    redis.thaw();
    t.ok(await healed(store));
    const { fallbacks } = store.health;
    await slowest(store, 3);
    t.equal(store.health.fallbacks, fallbacks);
  }));

test('FLUSHALL and SCRIPT FLUSH cost no request its answer', (t) =>
  withStore(async (redis, store) => {
    await slowest(store, 3);
    await redis.command('FLUSHALL');
    await redis.command('SCRIPT', 'FLUSH');
    await slowest(store, 10);
    t.match(store.health, { degraded: false, fallbacks: 0 });
  }));

test('a poisoned value is a miss and is deleted', (t) =>
  withStore(async (redis, store) => {
    const keys = ['{tidegate}:turns', '{tidegate}:sessions', '{tidegate}:picks', '{tidegate}:rest:u/k0', '{tidegate}:probe'];
    for (const key of keys) {
      await redis.command('DEL', key);
      await redis.command('SET', key, 'not json');
    }
    await redis.command('SET', '{tidegate}:session:s|m', 'x'.repeat(100_000));
    await redis.command('LPUSH', '{tidegate}:session:t|m', 'a list');
    for (const session of ['s', 't']) t.match(await store.choose({ ...REQUEST, session }), { found: true, sticky: false });
    await redis.command('HSET', '{tidegate}:turns', 'u:u', 'poison');
    await redis.command('HSET', '{tidegate}:rest:u/k1', 'm:m', '{"no":1}');
    await redis.command('PUBLISH', '{tidegate}:rests', '{"key":1');
    await slowest(store, 8);
    store.report({ upstream: 'u', credential: 'k0', model: 'm', kind: 'failed' });
    await store.snapshot();
    t.match(store.health, { degraded: false, fallbacks: 0 });
  }));

test('a Redis that refuses writes is as good as none, until it takes them', (t) =>
  withStore(async (redis, store) => {
    await redis.command('CONFIG', 'SET', 'maxmemory', '100kb');
    t.ok((await slowest(store, 10)) < TIMEOUT + SLACK);
    t.equal(store.health.degraded, true, 'out of memory');
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    t.ok(await healed(store));
    await redis.command('REPLICAOF', '127.0.0.1', '1');
    t.ok((await slowest(store, 10)) < TIMEOUT + SLACK);
    t.equal(store.health.degraded, true, 'read-only');
    await redis.command('REPLICAOF', 'NO', 'ONE');
    t.ok(await healed(store));
  }));

test('connections killed again and again lose no request', (t) =>
  withStore(async (redis, store) => {
    for (let round = 0; round < 10; round++) {
      await redis.command('CLIENT', 'KILL', 'TYPE', 'normal');
      t.ok((await slowest(store, 5)) < TIMEOUT + SLACK);
    }
    t.ok(await healed(store));
  }));

test('every key has a time to live and one hash tag', (t) =>
  withStore(async (redis, store) => {
    await slowest(store, 5);
    store.report({ upstream: 'u', credential: 'k0', model: 'm', kind: 'failed' });
    await store.pause('u/k1');
    await store.pause('u/k2');
    await store.resume('u/k2');
    await sleep(1_200);
    const keys = (await redis.command('KEYS', '*')).split('\n');
    t.ok(keys.length >= 8);
    for (const key of keys) {
      t.ok(key.startsWith('{tidegate}:'), key);
      t.ok(Number(await redis.command('PTTL', key)) > 0, key);
    }
  }));

test('a worker that lost the channel knows no session any more and asks', (t) =>
  withStore(async (redis, store) => {
    const request = { ...REQUEST, session: 's' };
    const asks = () => store.choose(request) instanceof Promise;
    const until = async (wanted: boolean) => {
      for (let tick = 0; tick < 400; tick++, await sleep(5)) if (asks() === wanted) return true;
      return false;
    };
    t.ok(await until(false), 'known once the channel is heard');
    await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
    t.ok(await until(true));
    t.ok(await until(false), 'and again when it is back');
    t.match(await store.choose(request), { found: true, sticky: true });
  }));
