/** `--workers 0`: the same gateway in one process. */
import { writeFileSync } from 'node:fs';
import { test } from 'tap';
import { startRedis } from './helpers/redis.js';
import { ClosedLoop, chat, credentialOf, eachOf } from './helpers/requests.js';
import { turnsAre } from './helpers/turns.js';
import { build, configText, startGateway, startMock } from './helpers/whole-gateway.js';

/** The same number for each of the keys `sk-test-1` and on. */
function evenly(keys: number, each: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: keys }, (_, index) => [`sk-test-${index + 1}`, each]));
}

test('single process', async (t) => {
  const folder = build(t);
  const mock = await startMock(t);

  for (const kind of ['embedded', 'redis'] as const) {
    t.test(`serves, counts, reloads and drains: ${kind}`, async (t) => {
      const redis = kind === 'redis' ? await startRedis() : undefined;
      t.teardown(() => redis?.kill());
      const wish = { mock, credentials: 5, redis: redis?.url };
      const gateway = await startGateway(t, folder, configText(wish), { args: ['--workers', '0'] });
      t.same(gateway.process.workers(), []);
      await mock.reset();
      await eachOf(100, 8, async (index) => credentialOf(await chat(gateway.origin, { session: `one ${index}` })));
      await turnsAre(t, [gateway], await mock.byKey(), evenly(5, 20));
      t.equal(await gateway.metric('tidegate_requests_total'), 100);
      t.match(await gateway.api('/api/workers'), {
        workers: [{ state: 'ready', requests: 100, pid: gateway.process.child.pid }],
      });
      t.match(await gateway.api('/api/sessions'), { count: 100 });

      const load = new ClosedLoop([gateway.origin], 8);
      writeFileSync(gateway.process.configFile, configText({ ...wish, credentials: 2 }));
      gateway.process.child.kill('SIGHUP');
      await gateway.process.logged('configuration reloaded');
      await eachOf(50, 4, () => chat(gateway.origin));
      await load.stop();
      t.same(load.failures, []);
      await mock.reset();
      await eachOf(20, 4, () => chat(gateway.origin));
      await turnsAre(t, [gateway], await mock.byKey(), evenly(2, 10));
      await gateway.api('/api/credentials/mock/k1/pause', 'POST');
      await eachOf(10, 4, () => chat(gateway.origin));
      await turnsAre(t, [gateway], await mock.byKey(), { 'sk-test-1': 10, 'sk-test-2': 20 });
      gateway.process.child.kill('SIGUSR2');
      await gateway.process.logged('no rolling restart');
      gateway.process.child.kill('SIGTERM');
      t.same(await gateway.process.exit, { code: 0, signal: null });
    });
  }
});
