import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type t as tap, test } from 'tap';
import { startClusterGroup } from '../../loadtest/faults/redis/cluster-group.js';
import { startSentinelGroup } from '../../loadtest/faults/redis/sentinel-group.js';
import { startRedis } from '../../test/helpers/redis.js';
import { contractConfig } from './contract-config.js';
import { RedisStore } from './redis.js';

const run = promisify(execFile);

type Checks = Pick<typeof tap, 'match' | 'ok' | 'same'>;

/** A new session over the script, the same one from memory, and a rest heard by another worker. */
async function servesFrom(url: string, t: Checks): Promise<void> {
  const heard: string[] = [];
  const stores = [new RedisStore(contractConfig(), url), new RedisStore(contractConfig(), url, (rest) => heard.push(rest.key))];
  try {
    await Promise.all(stores.map((store) => store.ready));
    const request = { alias: 'm', model: 'm', session: 's' };
    t.match(await stores[0]!.choose(request), { found: true, sticky: false });
    t.match(await stores[1]!.choose(request), { found: true, sticky: true });
    let known = false;
    for (let tick = 0; tick < 200 && !known; tick++, await sleep(10)) known = !(stores[1]!.choose(request) instanceof Promise);
    t.ok(known, 'known once the channel is heard');
    stores[0]!.report({ upstream: 'u', credential: 'k0', model: 'm', kind: 'rate-limited', retryAfter: 60_000 });
    for (let tick = 0; tick < 100 && heard.length === 0; tick++) await sleep(20);
    t.match(heard, ['u/k0']);
    for (const store of stores) t.match(store.health, { degraded: false, fallbacks: 0 });
  } finally {
    await Promise.all(stores.map((store) => store.close()));
  }
}

test('over a unix socket', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-redis-'));
  const redis = await startRedis('--unixsocket', join(folder, 'redis.sock'));
  t.teardown(async () => {
    await redis.kill();
    await rm(folder, { recursive: true, force: true });
  });
  await servesFrom(`redis+unix://${join(folder, 'redis.sock')}`, t);
});

test('over a cluster', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-redis-'));
  const redis = await startRedis('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1', '--dir', folder);
  t.teardown(async () => {
    await redis.kill();
    await rm(folder, { recursive: true, force: true });
  });
  await redis.command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  for (let tick = 0; tick < 100 && !(await redis.command('CLUSTER', 'INFO')).includes('cluster_state:ok'); tick++)
    await sleep(50);
  await servesFrom(`redis-cluster://127.0.0.1:${redis.port}`, t);
});

test('over a sentinel', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-redis-'));
  const redis = await startRedis();
  const port = redis.port + 1;
  const file = join(folder, 'sentinel.conf');
  await writeFile(file, `port ${port}\nbind 127.0.0.1\ndir ${folder}\nsentinel monitor main 127.0.0.1 ${redis.port} 1\n`);
  const sentinel = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
  t.teardown(async () => {
    sentinel.kill('SIGKILL');
    await redis.kill();
    await rm(folder, { recursive: true, force: true });
  });
  const asked = ['-p', String(port), 'SENTINEL', 'get-master-addr-by-name', 'main'];
  const knows = () =>
    run('redis-cli', asked).then(
      ({ stdout }) => stdout.includes(String(redis.port)),
      () => false,
    );
  for (let tick = 0; tick < 200 && !(await knows()); tick++) await sleep(50);
  await servesFrom(`redis+sentinel://127.0.0.1:${port}/main`, t);
});

/** A worker before, while and after `failOver` takes away the server that holds our keys: it always answers, and its session stays. */
async function outlives(url: string, failOver: () => Promise<unknown>, t: Checks): Promise<void> {
  const store = new RedisStore(contractConfig({ store: { timeout: 100 } }), url);
  try {
    await store.ready;
    const request = { alias: 'm', model: 'm', session: 's' };
    const credential = async () => {
      const choice = await store.choose(request);
      return choice.found && choice.credential;
    };
    for (let tick = 0; tick < 500 && store.choose(request) instanceof Promise; tick++) await sleep(10);
    const before = await credential();
    const seen = new Set([before]);
    let over = false;
    const done = failOver().finally(() => {
      over = true;
    });
    for (let asked = 0; !over; asked++, await sleep(20)) {
      seen.add(await credential());
      t.match(await store.choose({ ...request, session: `new-${asked}` }), { found: true });
    }
    await done;
    for (let tick = 0; tick < 1_000 && store.health.degraded; tick++) await sleep(20);
    t.match(store.health, { degraded: false });
    seen.add(await credential());
    t.same([...seen], [before], 'the session stayed');
  } finally {
    await store.close();
  }
}

test('a sentinel names another master: used without a restart, sessions stay', async (t) => {
  const group = await startSentinelGroup();
  t.teardown(() => group.stop());
  const old = await group.master();
  await outlives(group.url, () => old.kill().then(() => group.failedOver(old)), t);
});

test('a replica takes over the slot of our keys in a cluster: used without a restart, sessions stay', async (t) => {
  const group = await startClusterGroup();
  t.teardown(() => group.stop());
  const key = '{tidegate}:turns';
  const old = await group.holder(key);
  await outlives(group.url, () => old.kill().then(() => group.failedOver(key, old)), t);
});
