/** S: Redis answers, but not with what is wanted. */
import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, equal } from '../expect.js';
import { type RedisProcess, startRedis } from '../redis/redis-process.js';
import { RedisWire } from '../redis/redis-wire.js';
import { StoreTrial } from '../redis/store-trial.js';
import { type FaultRow, pass } from '../row.js';

const NEEDS = ['own-gateway', 'redis', 'linux'] as const;
const COMMON = { length: 'quick', needs: NEEDS, alone: true, boundSeconds: 90 } as const;

async function withRedis(onEnd: (ending: () => unknown) => void): Promise<RedisProcess> {
  const redis = await startRedis();
  onEnd(() => redis.kill());
  return redis;
}

export const STORE_ANSWER_ROWS: readonly FaultRow[] = [
  {
    id: 'S7',
    title: 'the master becomes a replica: READONLY',
    promise: 'As an outage: nothing lost, known sessions stay, used within 5 s of its taking writes again.',
    ...COMMON,
    async run(bench) {
      const redis = await withRedis((ending) => bench.onEnd(ending));
      const trial = await StoreTrial.start(bench, { id: 's7', url: redis.url, servers: [redis] });
      const { load, healed } = await trial.survive({
        strike: () => redis.command('REPLICAOF', '127.0.0.1', '1'),
        heal: () => redis.command('REPLICAOF', 'NO', 'ONE'),
        hold: 2_000,
      });
      return pass('nothing lost', trial.figures(load, { 'healed ms': Math.round(healed) }));
    },
  },
  {
    id: 'S8',
    title: 'Redis is out of memory',
    promise: 'As an outage: nothing lost, known sessions stay, used within 5 s of its taking writes again.',
    ...COMMON,
    async run(bench) {
      const redis = await withRedis((ending) => bench.onEnd(ending));
      const trial = await StoreTrial.start(bench, { id: 's8', url: redis.url, servers: [redis] });
      const { load, healed } = await trial.survive({
        strike: () => redis.command('CONFIG', 'SET', 'maxmemory', '100kb'),
        heal: () => redis.command('CONFIG', 'SET', 'maxmemory', '0'),
        hold: 2_000,
      });
      return pass('nothing lost', trial.figures(load, { 'healed ms': Math.round(healed) }));
    },
  },
  {
    id: 'S9',
    title: 'FLUSHALL and SCRIPT FLUSH under load',
    promise: 'No request lost or sent astray; the state is built anew.',
    ...COMMON,
    async run(bench) {
      const redis = await withRedis((ending) => bench.onEnd(ending));
      const trial = await StoreTrial.start(bench, { id: 's9', url: redis.url, servers: [redis] });
      await trial.warm();
      trial.begin();
      for (let round = 0; round < 3; round++) {
        await sleep(600);
        await redis.command('FLUSHALL');
        await redis.command('SCRIPT', 'FLUSH');
      }
      await sleep(600);
      const report = await trial.end();
      equal(trial.keyChanges, 0, 'known sessions that changed their credential');
      await trial.exactTurns();
      return pass('nothing lost', trial.figures(report, { alone: await trial.fallbacks() }));
    },
  },
  {
    id: 'S10',
    title: 'every connection to Redis is killed every 100 ms',
    promise: 'No request lost; exact turns afterwards.',
    ...COMMON,
    async run(bench) {
      const redis = await withRedis((ending) => bench.onEnd(ending));
      const trial = await StoreTrial.start(bench, { id: 's10', url: redis.url, servers: [redis] });
      await trial.warm();
      trial.begin();
      const until = performance.now() + 3_000;
      let kills = 0;
      while (performance.now() < until) {
        await redis.command('CLIENT', 'KILL', 'TYPE', kills++ % 2 === 0 ? 'normal' : 'pubsub');
        await sleep(100);
      }
      const healed = await trial.untilHealed();
      const report = await trial.end();
      equal(trial.keyChanges, 0, 'known sessions that changed their credential');
      await trial.exactTurns();
      return pass(
        'nothing lost',
        trial.figures(report, { kills, 'healed ms': Math.round(healed), alone: await trial.fallbacks() }),
      );
    },
  },
  {
    id: 'S12',
    title: 'poisoned values: no JSON, 10 MB, wrong types, a foreign voice on the channel',
    promise: 'Each counts as missing and is written anew; nothing lost, no crash.',
    ...COMMON,
    async run(bench) {
      const redis = await withRedis((ending) => bench.onEnd(ending));
      const trial = await StoreTrial.start(bench, { id: 's12', url: redis.url, servers: [redis] });
      const before = trial.gateways[0]?.workers();
      trial.begin();
      await sleep(400);
      for (let round = 0; round < 2; round++) {
        await poison(redis);
        await sleep(700);
      }
      const report = await trial.end();
      equal(trial.gateways[0]?.workers(), before, 'the workers');
      equal(await trial.fallbacks(), 0, 'choices made without the store');
      await trial.exactTurns();
      return pass('nothing lost, the store was never away', trial.figures(report));
    },
  },
  {
    id: 'S13',
    title: 'split: one gateway sees Redis, the other does not',
    promise: 'Sessions known to both stay on one credential, seen from either; nothing lost; turns exact when it is over.',
    ...COMMON,
    async run(bench) {
      const redis = await withRedis((ending) => bench.onEnd(ending));
      const wire = await RedisWire.lay(bench, redis.port);
      const trial = await StoreTrial.start(bench, { id: 's13', url: wire.url, servers: [redis] });
      const other = await StoreTrial.start(bench, { id: 's13', url: redis.url, servers: [redis] });
      const both = trial.beside(other);
      const { load, healed } = await both.survive({
        strike: () => {
          wire.silent = true;
        },
        heal: () => {
          wire.silent = false;
          wire.cut();
        },
        hold: 2_000,
      });
      atMost(await other.fallbacks(), 0, 'choices made alone by the gateway that sees Redis');
      return pass('no session changed', both.figures(load, { 'healed ms': Math.round(healed), alone: await trial.fallbacks() }));
    },
  },
];

/** Whatever keys there are, and what the channel hears. */
async function poison(redis: RedisProcess): Promise<void> {
  const keys = (await redis.command('KEYS', '{tidegate}:*')).split('\n').filter(Boolean);
  const shapes = [
    ['SET', 'not json'],
    ['SET', 'x'.repeat(100_000)],
    ['LPUSH', 'a list'],
  ] as const;
  for (const [index, key] of keys.entries()) {
    const [command, value] = shapes[index % shapes.length] as readonly [string, string];
    await redis.command('DEL', key);
    await redis.command(command, key, value);
  }
  const big = keys.find((key) => key.includes(':session:'));
  if (big) await redis.command('DEL', big);
  if (big) await redis.command('SETRANGE', big, '10485759', 'x');
  await redis.command('PUBLISH', '{tidegate}:rests', '{"key":1');
  await redis.command('PUBLISH', '{tidegate}:rests', 'x'.repeat(100_000));
}
