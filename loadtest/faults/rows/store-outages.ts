/** S: Redis is away: at the start, by its end, by silence, by slowness, for long. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../client/ask.js';
import { atMost, equal, ok } from '../expect.js';
import { freePort, type RedisProcess, serverOn, startRedis } from '../redis/redis-process.js';
import { RedisWire } from '../redis/redis-wire.js';
import { StoreTrial } from '../redis/store-trial.js';
import { type FaultRow, pass } from '../row.js';

const NEEDS = ['own-gateway', 'redis', 'linux'] as const;
const COMMON = { length: 'quick', needs: NEEDS, alone: true, boundSeconds: 90 } as const;
/** Workers and the primary of one gateway: each may say once that the store is away, and once that it is back. */
const PROCESSES = 3;

/** Kilobytes that a process holds. */
function residentKb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
}

async function withRedis(onEnd: (ending: () => unknown) => void): Promise<RedisProcess> {
  const redis = await startRedis();
  onEnd(() => {
    redis.thaw();
    return redis.kill();
  });
  return redis;
}

export const STORE_OUTAGE_ROWS: readonly FaultRow[] = [
  {
    id: 'S1',
    title: 'Redis is down at the start',
    promise: 'The gateway starts, says that the store is away, serves, and uses it within 5 s of its coming.',
    ...COMMON,
    async run(bench) {
      const port = await freePort();
      const began = performance.now();
      const trial = await StoreTrial.begin(bench, { id: 's1', url: `redis://127.0.0.1:${port}` });
      const started = performance.now() - began;
      await trial.untilDegraded();
      const [gateway] = trial.gateways;
      const health = (await (await fetch(`${gateway?.origin}/health`)).json()) as { store?: string };
      equal(health.store, 'degraded', 'the health page on the store');
      ok(trial.lines('ECONNREFUSED') > 0, 'the log says why');
      trial.begin();
      await sleep(1_500);
      const redis = serverOn(port);
      bench.onEnd(() => redis.kill());
      await redis.answering();
      const healed = await trial.untilHealed();
      await sleep(300);
      const report = await trial.end();
      atMost(healed, 5_000, 'ms until it was used');
      await trial.exactTurns();
      return pass(
        'started, served alone, joined',
        trial.figures(report, { 'start ms': Math.round(started), 'joined ms': Math.round(healed) }),
      );
    },
  },
  {
    id: 'S2',
    title: 'SHUTDOWN NOSAVE under load',
    promise:
      'No request fails or waits; known sessions stay; one line a process says so; the store is used within 5 s of its return.',
    ...COMMON,
    async run(bench) {
      const redis = await withRedis((ending) => bench.onEnd(ending));
      const trial = await StoreTrial.start(bench, { id: 's2', url: redis.url, servers: [redis] });
      const { load, noticed, healed } = await trial.survive({
        strike: () => redis.command('SHUTDOWN', 'NOSAVE').catch(() => {}),
        heal: () => redis.restart(),
        hold: 2_000,
      });
      atMost(trial.lines('"event":"store-degraded"'), PROCESSES, 'lines that say so');
      return pass('nothing lost', trial.figures(load, { 'noticed ms': Math.round(noticed), 'healed ms': Math.round(healed) }));
    },
  },
  {
    id: 'S3',
    title: 'Redis is frozen: connections stay open, nothing answers',
    promise: 'The first requests wait 100 ms at most, later ones not at all; the store is used within 5 s of its thaw.',
    ...COMMON,
    async run(bench) {
      const redis = await withRedis((ending) => bench.onEnd(ending));
      const trial = await StoreTrial.start(bench, { id: 's3', url: redis.url, servers: [redis] });
      const times: number[] = [];
      const { load, healed } = await trial.survive({
        strike: () => redis.freeze(),
        heal: () => redis.thaw(),
        hold: 3_000,
        during: async () => {
          for (let index = 0; index < 20; index++)
            times.push((await ask(trial.gateways[0]?.origin ?? '', { model: trial.model })).totalMs);
        },
      });
      const median = [...times].sort((a, b) => a - b)[10] as number;
      atMost(median, 100, 'ms that a request took once the store was known to be away (median)');
      return pass('nothing lost', trial.figures(load, { 'median while frozen ms': median, 'healed ms': Math.round(healed) }));
    },
  },
  {
    id: 'S4',
    title: 'every answer of Redis is 70 ms late, then 300 ms',
    promise: 'A request waits 100 ms at most; no more than one line a second is logged.',
    ...COMMON,
    async run(bench) {
      const redis = await withRedis((ending) => bench.onEnd(ending));
      const wire = await RedisWire.lay(bench, redis.port);
      const trial = await StoreTrial.start(bench, { id: 's4', url: wire.url, servers: [redis] });
      await trial.warm();
      const began = performance.now();
      trial.begin();
      wire.delay = 70;
      await sleep(2_000);
      wire.delay = 300;
      await trial.untilDegraded();
      await sleep(2_000);
      wire.delay = 0;
      const healed = await trial.untilHealed();
      const report = await trial.end();
      const seconds = (performance.now() - began) / 1000;
      atMost(report.slowest, 1_000, 'ms that the slowest request took');
      atMost(trial.storeLines() / PROCESSES / seconds, 1, 'lines a process and second');
      equal(trial.keyChanges, 0, 'known sessions that changed their credential');
      return pass('nothing lost', trial.figures(report, { lines: trial.storeLines(), 'healed ms': Math.round(healed) }));
    },
  },
  {
    id: 'S5',
    title: 'errors that a probe does not see: scripts are refused, plain commands are not',
    promise: 'They count as an outage; the gateway does not flap: at most one line a process and second.',
    ...COMMON,
    async run(bench) {
      const redis = await withRedis((ending) => bench.onEnd(ending));
      const trial = await StoreTrial.start(bench, { id: 's5', url: redis.url, servers: [redis] });
      const began = performance.now();
      const { load, noticed } = await trial.survive({
        strike: () => redis.command('ACL', 'SETUSER', 'default', '-hincrby'),
        heal: () => redis.command('ACL', 'SETUSER', 'default', '+hincrby'),
        hold: 5_000,
      });
      const seconds = (performance.now() - began) / 1000;
      atMost(trial.storeLines() / PROCESSES / seconds, 1, 'lines a process and second');
      return pass('nothing lost', trial.figures(load, { 'noticed ms': Math.round(noticed), lines: trial.storeLines() }));
    },
  },
  {
    id: 'S6',
    title: 'Redis comes back: who connects, and how soon',
    promise: 'Used within 5 s; not every process at once: at most six connections a process over the whole return.',
    ...COMMON,
    async run(bench) {
      const redis = await withRedis((ending) => bench.onEnd(ending));
      const trial = await StoreTrial.start(bench, { id: 's6', url: redis.url, servers: [redis], gateways: 2 });
      const { load, healed } = await trial.survive({ strike: () => redis.kill(), heal: () => redis.restart(), hold: 2_500 });
      const made = Number(/total_connections_received:(\d+)/.exec(await redis.command('INFO', 'stats'))?.[1]);
      const each = made / (2 * PROCESSES);
      atMost(each, 6, 'connections a process');
      return pass('nothing lost', trial.figures(load, { 'healed ms': Math.round(healed), 'connections a process': each }));
    },
  },
  {
    id: 'S11',
    title: 'a long outage at a high rate',
    promise: 'Nothing is kept for later: the workers grow by less than 30 MB, requests go on.',
    ...COMMON,
    async run(bench) {
      const redis = await withRedis((ending) => bench.onEnd(ending));
      const trial = await StoreTrial.start(bench, { id: 's11', url: redis.url, servers: [redis] });
      const [gateway] = trial.gateways;
      ok(gateway !== undefined, 'a gateway');
      trial.begin(100);
      await sleep(2_000);
      redis.freeze();
      await trial.untilDegraded();
      const before = gateway.workers().map(residentKb);
      await sleep(6_000);
      const after = gateway.workers().map(residentKb);
      redis.thaw();
      const healed = await trial.untilHealed();
      const report = await trial.end();
      const grown = Math.max(...after.map((kb, index) => kb - (before[index] as number))) / 1024;
      atMost(grown, 30, 'MB that a worker grew');
      await trial.exactTurns();
      return pass('nothing lost', trial.figures(report, { 'grown MB': grown, 'healed ms': Math.round(healed) }));
    },
  },
];
