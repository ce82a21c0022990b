/** A worker or the primary is killed under running streams. */
import { connect } from 'node:net';
import { test } from 'tap';
import { alive, kill, until } from './helpers/primary-process.js';
import { startRedis } from './helpers/redis.js';
import { ClosedLoop, chat, isWhole, openStreams } from './helpers/requests.js';
import { build, configText, startGateway, startMock } from './helpers/whole-gateway.js';

/** Forty events over four seconds. */
const SLOW = 'mock-paced-40x100';

test('deaths', async (t) => {
  const folder = build(t);
  const mock = await startMock(t);

  for (const kind of ['embedded', 'redis'] as const) {
    t.test(`kill -9 of one worker under 400 streams ends its own streams only: ${kind}`, async (t) => {
      const redis = kind === 'redis' ? await startRedis() : undefined;
      t.teardown(() => redis?.kill());
      const gateway = await startGateway(t, folder, configText({ mock, redis: redis?.url }));
      const streams = openStreams(gateway.origin, 400, { model: SLOW });
      await streams.started;
      const victim = gateway.process.workers()[0] as number;
      const killedAt = performance.now();
      kill(victim);
      const load = new ClosedLoop([gateway.origin], 4);
      await gateway.process.logged('worker died');
      await gateway.process.logged('worker is ready', 5);
      const replaced = performance.now() - killedAt;
      const ends = await streams.ended;
      await load.stop();
      const whole = ends.filter(({ answer }) => answer !== undefined && isWhole(answer)).length;
      const cut = ends.filter(({ error }) => error !== undefined).length;
      t.comment(`replaced after ${Math.round(replaced)} ms; ${cut} of 400 streams cut; ${load.count} requests meanwhile`);
      t.equal(whole + cut, 400, 'every stream is whole or cut');
      t.ok(cut > 0 && cut < 200, `${cut} were the dead worker's`);
      t.same(load.failures, [], 'new requests were served meanwhile');
      t.ok(replaced < 10_000);
      t.equal(gateway.process.workers().length, 4);
      t.ok((await gateway.api('/api/workers')).workers.some(({ restarts }: { restarts: number }) => restarts === 1));
    });
  }

  t.test('kill -9 of the primary: workers finish what runs and leave, and the port is free', async (t) => {
    const gateway = await startGateway(t, folder, configText({ mock }));
    const workers = gateway.process.workers();
    t.equal(workers.length, 4);
    const streams = openStreams(gateway.origin, 40, { model: 'mock-paced-20x100' });
    await streams.started;
    kill(gateway.process.child.pid as number);
    const ends = await streams.ended;
    t.equal(ends.filter(({ answer }) => answer !== undefined && isWhole(answer)).length, 40, 'streams are whole');
    await until(() => !workers.some(alive));
    await t.rejects(reach(gateway.origin), { code: 'ECONNREFUSED' });
    const again = await startGateway(t, folder, configText({ mock }), { args: ['--port', new URL(gateway.origin).port] });
    t.equal((await chat(again.origin)).status, 200, 'another gateway has the port');
  });

  t.test('kill -9 of the primary: workers leave at the drain deadline, streams ended by an error', async (t) => {
    const gateway = await startGateway(t, folder, configText({ mock, workers: 2, drainSeconds: 1 }));
    const workers = gateway.process.workers();
    const streams = openStreams(gateway.origin, 10, { model: 'mock-paced-1000x100' });
    await streams.started;
    kill(gateway.process.child.pid as number);
    for (const { answer } of await streams.ended) {
      t.match(answer?.text, /data: \{"error":/);
      t.notMatch(answer?.text, '[DONE]');
    }
    await until(() => !workers.some(alive));
    t.notOk(workers.some(alive));
  });
});

/** Connects and goes; rejects when nobody listens. */
function reach(origin: string): Promise<void> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.end(() => resolve()));
    socket.on('error', reject);
  });
}
