/** server.accept: fill, as its users meet it: where connections go, and that nothing promised of workers is lost by it. */
import { test } from 'tap';
import { kill, until } from './helpers/primary-process.js';
import { ClosedLoop, chat, eachOf, isWhole, openStreams } from './helpers/requests.js';
import {
  build,
  configText,
  type GatewayUnderTest,
  type MockUnderTest,
  startGateway,
  startMock,
} from './helpers/whole-gateway.js';

const SLOW = 'mock-paced-40x100';

const filled = (mock: MockUnderTest, maxInFlight = 20_000) =>
  configText({ mock, more: { server: { port: 0, workers: 4, accept: 'fill', maxInFlight, exposeAttempts: true } } });

/** Requests that each worker has taken, the oldest worker first; waits until so many are reported. */
async function requestsOf(gateway: GatewayUnderTest, count: number): Promise<number[]> {
  let requests: number[] = [];
  await until(async () => {
    const { workers } = await gateway.api('/api/workers');
    requests = workers.map((worker: { requests: number }) => worker.requests);
    return requests.reduce((sum, each) => sum + each, 0) === count;
  });
  return requests;
}

test('server.accept: fill', async (t) => {
  const folder = build(t);
  const mock = await startMock(t);

  t.test('one worker takes connections while it has room', async (t) => {
    const gateway = await startGateway(t, folder, filled(mock));
    for (let sent = 0; sent < 12; sent++) t.equal((await chat(gateway.origin)).status, 200);
    t.same(await requestsOf(gateway, 12), [12, 0, 0, 0]);
  });

  t.test('the next worker is used where one has as many connections as it may', async (t) => {
    const gateway = await startGateway(t, folder, filled(mock, 32)); // Four connections to each.
    const ends = [];
    for (let opened = 0; opened < 16; opened++) {
      const stream = openStreams(gateway.origin, 1, { model: 'mock-paced-100x100' });
      await stream.started;
      ends.push(stream.ended);
    }
    const requests = await requestsOf(gateway, 16);
    t.ok(
      requests.every((each) => each >= 2),
      `${requests}`,
    );
    t.ok((await Promise.all(ends)).every(([end]) => end?.answer && isWhole(end.answer)));
  });

  t.test('kill -9 of the worker that takes all connections ends its own streams only, and the next one takes over', async (t) => {
    const gateway = await startGateway(t, folder, filled(mock));
    const streams = openStreams(gateway.origin, 20, { model: SLOW });
    await streams.started;
    const load = new ClosedLoop([gateway.origin], 8);
    for (let death = 1; death <= 3; death++) {
      const [oldest] = (await gateway.api('/api/workers')).workers;
      kill(oldest.pid);
      await gateway.process.logged('worker is ready', 4 + death);
    }
    await load.stop();
    const hung = load.failures.filter((failure) => /silent/.test(String(failure)));
    t.same(hung, [], 'no connection under way to the dead hangs');
    const ends = await streams.ended;
    t.equal(ends.filter(({ answer, error }) => (answer && isWhole(answer)) || error).length, 20);
    const answers = await eachOf(20, 4, async () => (await chat(gateway.origin)).status);
    t.same([...new Set(answers)], [200]);
  });

  t.test('a worker that is stuck holds up one connection and not the others', async (t) => {
    const gateway = await startGateway(t, folder, filled(mock), { env: { TIDEGATE_WATCHDOG_MS: '60000' } });
    const [oldest] = (await gateway.api('/api/workers')).workers;
    process.kill(oldest.pid, 'SIGSTOP');
    let served = 0;
    const answers = Array.from({ length: 20 }, () =>
      chat(gateway.origin).then(({ status }) => {
        served++;
        return status;
      }),
    );
    await until(() => served >= 19);
    process.kill(oldest.pid, 'SIGCONT');
    t.same([...new Set(await Promise.all(answers))], [200]);
  });

  t.test('SIGUSR2 fails no request', async (t) => {
    const gateway = await startGateway(t, folder, filled(mock));
    const load = new ClosedLoop([gateway.origin], 12);
    gateway.process.child.kill('SIGUSR2');
    await gateway.process.logged('rolling restart done');
    await load.stop();
    t.same(load.failures, []);
    t.ok(load.count > 20);
  });
});
