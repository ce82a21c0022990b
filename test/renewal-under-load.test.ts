/** New workers and new configurations while streams and short requests run, on kept and on fresh connections. */
import { writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { test } from 'tap';
import { startRedis } from './helpers/redis.js';
import { ClosedLoop, chat, credentialOf, eachOf, isWhole } from './helpers/requests.js';
import { build, configText, startGateway, startMock } from './helpers/whole-gateway.js';

const LANES = 12;
const pause = (time: number) => new Promise((resolve) => setTimeout(resolve, time));

test('renewal under load', async (t) => {
  const folder = build(t);
  const mock = await startMock(t);

  for (const [kind, workers] of [
    ['embedded', 4],
    ['redis', 2],
    ['embedded', 1],
  ] as const) {
    t.test(`SIGUSR2 and SIGHUP fail no request: ${kind}, ${workers} workers`, async (t) => {
      const redis = kind === 'redis' ? await startRedis() : undefined;
      t.teardown(() => redis?.kill());
      const wish = { mock, workers, redis: redis?.url };
      const gateway = await startGateway(t, folder, configText(wish));
      const { child, configFile } = gateway.process;
      const before = gateway.process.workers();
      const load = new ClosedLoop([gateway.origin], LANES);
      child.kill('SIGUSR2');
      await gateway.process.logged('rolling restart done');
      // Other keys, another address of the same mock, one more model.
      for (let reload = 1; reload <= 4; reload++) {
        writeFileSync(configFile, configText({ ...wish, credentials: 4 + reload }));
        child.kill('SIGHUP');
        await gateway.process.logged('configuration reloaded', reload);
        await pause(150);
      }
      writeFileSync(configFile, configText({ ...wish, credentials: 2 }));
      child.kill('SIGHUP');
      child.kill('SIGUSR2');
      await gateway.process.logged('rolling restart done', 2);
      await gateway.process.logged('configuration reloaded', 5);
      await pause(300);
      await load.stop();
      t.comment(`${load.count} requests, the slowest took ${Math.round(load.slowest)} ms`);
      t.same(load.failures, []);
      t.ok(load.count > 50);
      const used = await eachOf(20, 4, async () => credentialOf(await chat(gateway.origin)));
      t.same([...new Set(used)].sort(), ['k1', 'k2'], 'keys taken away are not used');
      await gateway.serving(workers);
      t.notOk(
        gateway.process.workers().some((pid) => before.includes(pid)),
        'every worker is new',
      );
      t.same(
        gateway.process.log.filter(({ msg }) => msg === 'worker died'),
        [],
      );
    });
  }

  t.test('who has just read the end of a long stream from a leaving worker may ask again over its connection', async (t) => {
    const gateway = await startGateway(t, folder, configText({ mock, workers: 2 }));
    const agents = Array.from({ length: 40 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
    t.teardown(() => {
      for (const agent of agents) agent.destroy();
    });
    let begun = 0;
    const clients = agents.map(async (agent, index) => {
      // About four seconds: longer than idle connections are kept by a worker that leaves.
      const onText = () => void begun++;
      const stream = await chat(gateway.origin, { model: 'mock-paced-50x80', stream: true, agent, onText });
      await pause((index % 20) * 10);
      // Closed by now, it would be seen to be; a little earlier the request and the end would have met on their way.
      const kept = Object.values(agent.freeSockets).flat().length;
      const next = await chat(gateway.origin, { agent });
      return [isWhole(stream), kept, next.status];
    });
    while (begun < agents.length) await pause(20);
    gateway.process.child.kill('SIGUSR2');
    const failures = (await Promise.allSettled(clients)).filter(
      (end) => end.status === 'rejected' || `${end.value}` !== 'true,1,200',
    );
    t.same(failures, []);
  });

  t.test('SIGHUP with other models and clients is obeyed by every worker', async (t) => {
    const gateway = await startGateway(t, folder, configText({ mock }));
    const clients = [{ name: 'app', key: 'client-key-new-0123456789', models: ['mock-*'] }];
    const models = [{ name: 'mock-instant', targets: [{ upstream: 'mock' }] }];
    writeFileSync(gateway.process.configFile, configText({ mock, more: { clients, models } }));
    gateway.process.child.kill('SIGHUP');
    await gateway.process.logged('configuration reloaded');
    await pause(200);
    const statuses = async (wish: object) => new Set(await eachOf(12, 4, async () => (await chat(gateway.origin, wish)).status));
    t.same([...(await statuses({}))], [401]);
    t.same([...(await statuses({ key: clients[0]?.key }))], [200]);
    t.same([...(await statuses({ key: clients[0]?.key, model: 'mock-model' }))], [404]);
  });
});
