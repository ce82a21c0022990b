/** Redis dies, freezes or is not there at all: requests go on, and the state heals by itself. */
import { test } from 'tap';
import { until } from './helpers/primary-process.js';
import { startRedis } from './helpers/redis.js';
import { ClosedLoop, chat, credentialOf, eachOf } from './helpers/requests.js';
import { build, configText, startGateway, startMock } from './helpers/whole-gateway.js';

const pause = (time: number) => new Promise((resolve) => setTimeout(resolve, time));

test('redis outages', async (t) => {
  const folder = build(t);
  const mock = await startMock(t);

  for (const workers of [4, 1]) {
    for (const outage of ['killed', 'frozen'] as const) {
      t.test(`Redis ${outage} for three seconds under load fails and holds up nobody: ${workers} workers`, async (t) => {
        const redis = await startRedis();
        t.teardown(() => redis.kill());
        const gateway = await startGateway(t, folder, configText({ mock, workers, redis: redis.url }));
        const degraded = () => gateway.metric('tidegate_store_degraded');
        t.equal(await degraded(), 0);
        const load = new ClosedLoop([gateway.origin], 6, { stream: false, model: 'mock-instant' });
        await pause(500);
        if (outage === 'killed') await redis.kill();
        else redis.freeze();
        await until(async () => (await degraded()) > 0);
        await pause(3_000);
        if (outage === 'killed') await redis.restart();
        else redis.thaw();
        const backAt = performance.now();
        await until(async () => (await degraded()) === 0);
        const healed = performance.now() - backAt;
        await load.stop();
        t.comment(
          `${load.count} requests, the slowest took ${Math.round(load.slowest)} ms; healed after ${Math.round(healed)} ms`,
        );
        t.same(load.failures, []);
        t.ok(load.slowest < 2_000, `the slowest took ${load.slowest} ms`);
        t.ok(healed < 5_000 + 1_000, `healed after ${healed} ms`);
        t.ok((await gateway.metric('tidegate_store_fallbacks_total')) > 0);
        await mock.reset();
        await eachOf(40, 4, async () => credentialOf(await chat(gateway.origin)));
        t.same(Object.values(await mock.byKey()), [10, 10, 10, 10], 'turns are exact again');
      });
    }
  }

  t.test('Redis absent at the start: serves on its own view and joins when it comes', async (t) => {
    const redis = await startRedis();
    t.teardown(() => redis.kill());
    await redis.kill();
    const gateway = await startGateway(t, folder, configText({ mock, workers: 2, redis: redis.url }));
    t.ok((await gateway.metric('tidegate_store_degraded')) > 0);
    await eachOf(20, 4, async () => credentialOf(await chat(gateway.origin)));
    await redis.restart();
    await until(async () => (await gateway.metric('tidegate_store_degraded')) === 0);
    await mock.reset();
    await eachOf(40, 4, async () => credentialOf(await chat(gateway.origin)));
    t.same(Object.values(await mock.byKey()), [10, 10, 10, 10]);
  });
});
