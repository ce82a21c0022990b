/** How a whole gateway ends: in order, at its deadline, or at once. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'tap';
import { alive, until } from './helpers/primary-process.js';
import { isWhole, openStreams } from './helpers/requests.js';
import { build, configText, startGateway, startMock } from './helpers/whole-gateway.js';

test('ends', async (t) => {
  const folder = build(t);
  const mock = await startMock(t);

  for (const workers of [4, 1, 0]) {
    t.test(`SIGTERM with 200 streams, ${workers} workers: nobody new is let in, streams finish, exit 0`, async (t) => {
      const gateway = await startGateway(t, folder, configText({ mock, workers, drainSeconds: 25 }));
      const pids = gateway.process.workers();
      const streams = openStreams(gateway.origin, 200, { model: 'mock-paced-20x100' });
      await streams.started;
      gateway.process.child.kill('SIGTERM');
      await gateway.process.logged('draining');
      await until(() => isClosed(gateway.origin));
      const ends = await streams.ended;
      t.equal(ends.filter(({ answer }) => answer !== undefined && isWhole(answer)).length, 200);
      t.same(await gateway.process.exit, { code: 0, signal: null });
      t.notOk(pids.some(alive));
      t.same(gateway.process.stderr, []);
    });

    t.test(`the drain deadline ends streams by an error event, ${workers} workers, exit 0`, async (t) => {
      const gateway = await startGateway(t, folder, configText({ mock, workers, drainSeconds: 1 }));
      const streams = openStreams(gateway.origin, 20, { model: 'mock-paced-1000x100' });
      await streams.started;
      gateway.process.child.kill('SIGTERM');
      for (const { answer } of await streams.ended) {
        t.match(answer?.text, /data: \{"error":.*\}\n\n$/);
        t.notMatch(answer?.text, '[DONE]');
      }
      t.same(await gateway.process.exit, { code: 0, signal: null });
    });
  }

  t.test('connections that never say a word hold nobody up', async (t) => {
    const gateway = await startGateway(t, folder, configText({ mock, workers: 1, drainSeconds: 600 }));
    const { hostname, port } = new URL(gateway.origin);
    const silent = Array.from({ length: 5 }, () => connect(Number(port), hostname));
    for (const socket of silent) socket.on('error', () => {});
    await Promise.all(silent.map((socket) => once(socket, 'connect')));
    gateway.process.child.kill('SIGTERM');
    t.same(await gateway.process.exit, { code: 0, signal: null }, 'long before the drain deadline');
    for (const socket of silent) socket.destroy();
  });

  t.test('a second SIGTERM ends at once', async (t) => {
    const gateway = await startGateway(t, folder, configText({ mock }));
    const pids = gateway.process.workers();
    const streams = openStreams(gateway.origin, 20, { model: 'mock-paced-1000x100' });
    await streams.started;
    gateway.process.child.kill('SIGTERM');
    await gateway.process.logged('draining');
    gateway.process.child.kill('SIGTERM');
    t.match(await gateway.process.exit, { signal: null });
    t.ok(
      (await streams.ended).every(({ error }) => error !== undefined),
      'what ran is cut',
    );
    await until(() => !pids.some(alive));
  });
});

function isClosed(origin: string): Promise<boolean> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', () => resolve(true));
  });
}
