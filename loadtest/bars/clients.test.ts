/** The measuring clients against the mock: what they count is what the mock says it sent. */
import { test } from 'tap';
import { eventually, getJson, startMock } from '../mock/testing.js';
import { alternate, Calls } from './calls.js';
import { OpenStreams } from './open-streams.js';
import { Probes } from './probes.js';

const target = (port: number, model: string) => ({ origin: `http://127.0.0.1:${port}`, key: 'sk-test', model });

test('streams are counted event by event, and one that ends is a failure', async (t) => {
  const { port } = await startMock(t);
  const streams = new OpenStreams();
  const opened = await streams.open({ ...target(port, 'mock-paced-20x10'), count: 8, rampMs: 20 });
  t.equal(opened.open + opened.failed, 8);
  const last = await eventually(
    async () => streams.read(),
    (reading) => reading.events === 8 * 20,
  );
  t.equal(last.events, (await getJson(port, '/_mock/stats')).events);
});

test('a refused port and an error status are failures and not open streams', async (t) => {
  const refused = new OpenStreams();
  t.match(await refused.open({ ...target(1, 'mock-model'), count: 2, rampMs: 0 }), { open: 0, failed: 2 });
  const { port } = await startMock(t);
  const streams = new OpenStreams();
  t.match(await streams.open({ ...target(port, 'fault-status-500'), count: 2, rampMs: 0 }), { open: 0, failed: 2, events: 0 });
});

test('streams that did not open are tried again as often as asked, and count once', async (t) => {
  const { port } = await startMock(t, '--max-concurrent=2');
  const streams = new OpenStreams();
  // The first two take the mock's slots for a while; the third is refused until they are over.
  const order = { ...target(port, 'mock-paced-4x30'), count: 3, rampMs: 0, tries: 20 };
  await streams.open(order);
  await eventually(
    async () => getJson(port, '/_mock/stats'),
    ({ completed }) => completed >= 3,
  );
  t.ok((await getJson(port, '/_mock/stats')).noSlot > 0);
  t.equal(streams.read().failed + streams.read().open, 3);
});

test('a closed loop counts the answers that the mock counts', async (t) => {
  const { port } = await startMock(t);
  const calls = new Calls();
  calls.start({ ...target(port, 'mock-instant'), connections: 3 });
  const reading = await eventually(
    async () => calls.read(),
    ({ done }) => done > 50,
  );
  t.equal(reading.failed, 0);
  const { completed } = await getJson(port, '/_mock/stats');
  t.ok(completed >= reading.done && completed <= calls.read().done + 3, `${completed} for ${reading.done}`);
  calls.stop();
});

test('a request that fails is counted and its connection rests', async (t) => {
  const { port } = await startMock(t);
  const calls = new Calls();
  calls.start({ ...target(port, 'fault-status-500'), connections: 2 });
  t.match(
    await eventually(
      async () => calls.read(),
      ({ failed }) => failed === 2,
    ),
    { done: 0, failed: 2 },
  );
  calls.stop();
});

test('targets are asked in turn, and only what comes after the warm-up is given', async (t) => {
  const { port } = await startMock(t);
  const one = target(port, 'mock-instant');
  const [first, second] = await alternate({ targets: [one, one], warmUp: 2, count: 5 });
  t.equal(first?.length, 5);
  t.equal(second?.length, 5);
  t.ok(first?.every((took) => took > 0));
  t.equal((await getJson(port, '/_mock/stats')).requests, 14);
});

test('a target that answers with an error ends the turns', async (t) => {
  const { port } = await startMock(t);
  await t.rejects(alternate({ targets: [target(port, 'fault-status-500')], warmUp: 0, count: 1 }), /not answered with 200/);
});

test('probes come on kept and on new connections, and what the mock waits on purpose is taken out', async (t) => {
  const { port } = await startMock(t);
  const result = await new Probes({ ...target(port, 'mock-paced-4x3000+stamps'), perSecond: 4, seconds: 1 }).run();
  t.equal(result.failed, 0);
  t.equal(result.kept.length + result.fresh.length, 4);
  t.ok(
    [...result.kept, ...result.fresh].every((added) => added > 0 && added < 3000),
    'less than the 3 s to the first event',
  );
});

test('a probe without a stamp has failed: there is nothing to take off', async (t) => {
  const { port } = await startMock(t);
  const result = await new Probes({ ...target(port, 'mock-instant'), perSecond: 4, seconds: 1 }).run();
  t.match(result, { failed: 4, kept: [], fresh: [] });
});
