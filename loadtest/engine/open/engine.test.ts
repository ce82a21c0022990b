import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { type Test, test } from 'tap';
import { eventually, getJson, startMock } from '../../mock/testing.js';
import { failures } from '../counts.js';
import { drive } from '../drive.js';
import type { DrivePlan, LoadShape } from '../drive-plan.js';
import { Recorder } from '../recorder.js';
import { pathOf, STREAMED_CHAT } from '../request-form.js';
import { stampFormOf } from '../stamp.js';
import { driveOwn } from './drive-own.js';

interface Wishes extends Partial<Omit<DrivePlan, 'shape'>> {
  forMs?: number;
  vus?: number;
  shape?: Partial<LoadShape>;
  engine?: typeof drive;
}

async function load(port: number, { engine = driveOwn, shape, ...wishes }: Wishes): Promise<Recorder> {
  const startAt = performance.now();
  const stopAt = startAt + (wishes.forMs ?? 500);
  const recorder = new Recorder({ measureFrom: startAt, stopAt, isOpenModel: shape?.arrivals !== undefined });
  const { model = 'mock-instant', request = STREAMED_CHAT, vus = 3 } = wishes;
  const plan: DrivePlan = {
    ...{ url: `http://127.0.0.1:${port}${pathOf(request)}`, users: Array.from({ length: vus }, (_, user) => user) },
    ...{ startAt, stopAt, rampMs: 0, graceMs: 20_000, timeoutMs: 20_000, model, keys: ['k'], seed: 1, thinkMs: [0, 0] },
    ...wishes,
    ...{ request, stamps: stampFormOf(model) },
    ...(shape && { shape: { share: { index: 0, of: 1 }, ...shape } }),
  };
  await engine(plan, recorder).done;
  return recorder;
}

/** What the mock counted agrees with what was counted here. */
async function agrees(t: Test, port: number, { counts }: Recorder): Promise<void> {
  const read = () => getJson(port, '/_mock/stats');
  const stats = await eventually(read, ({ doneMarkers, requests }) => doneMarkers === counts.done && requests === counts.sent);
  t.equal(counts.sent, counts.ok + failures(counts), 'each request ended in one way');
  t.equal(stats.requests, counts.sent);
  t.equal(stats.doneMarkers, counts.done);
  t.equal(stats.events, counts.events);
}

test('the same closed load over both engines agrees with the mock’s own counters, and finds the same in each stream', async (t) => {
  const perStream: number[] = [];
  for (const engine of [drive, driveOwn]) {
    const { port } = await startMock(t);
    const recorder = await load(port, { engine, model: 'mock-paced-12x2+stamps', thinkMs: [1, 3] });
    await agrees(t, port, recorder);
    const { counts, lag } = recorder;
    t.equal(counts.ok, counts.sent);
    t.equal(lag.quantiles()?.count, counts.events - counts.ok, 'all events but [DONE] carry a stamp');
    t.match(counts, { missing: 0, doubled: 0, reordered: 0, unstamped: 0 });
    perStream.push(counts.eventsOfOk / counts.ok, counts.contentEvents / counts.ok);
  }
  t.strictSame(perStream, [12, 9, 12, 9]);
});

test('stamps are read in each API, in members and in text', async (t) => {
  const { port } = await startMock(t);
  for (const dialect of ['chat', 'messages', 'responses'] as const)
    for (const suffix of ['+stamps', '+marks']) {
      const request = { dialect, stream: true };
      const wishes = { vus: 1, request, model: `mock-paced-9x1${suffix}`, shape: { iterations: 2 } };
      const { counts, lag } = await load(port, { ...wishes, forMs: 20_000 });
      t.match(
        counts,
        { sent: 2, ok: 2, done: 2, contentEvents: 12, missing: 0, doubled: 0, unstamped: 0 },
        `${dialect} ${suffix}`,
      );
      t.equal(lag.quantiles()?.count, suffix === '+marks' ? 12 : counts.events - (dialect === 'chat' ? 2 : 0));
    }
});

/** A server whose every stream has these data lines. */
async function fixed(
  t: Test,
  answer: (response: ServerResponse, number: number) => void,
): Promise<{ port: number; server: Server }> {
  let number = 0;
  const server = createServer((request, response) => request.resume().once('end', () => answer(response, number++)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.teardown(() => server.close().closeAllConnections());
  return { port: (server.address() as AddressInfo).port, server };
}

test('events that are lost, come twice or out of order are found, and a stream without stamps is told', async (t) => {
  const event = (seq: number) => `data: {"content":"a","mock":{"seq":${seq},"ns":"${process.hrtime.bigint()}"}}\n\n`;
  const orders = [[0, 1, 3, 4], [0, 1, 1, 2], [1, 0, 2], [], [0, 1]];
  const { port } = await fixed(t, (response, number) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`${(orders[number] ?? []).map(event).join('')}data: [DONE]\n\n`);
  });
  const { counts } = await load(port, { vus: 1, model: 'mock-round', shape: { iterations: 5 }, forMs: 20_000 });
  t.match(counts, { ok: 5, missing: 1, doubled: 1, reordered: 1, unstamped: 1 });
});

test('arrivals do not wait for answers, and those that find no free user are dropped and counted', async (t) => {
  const waiting: ServerResponse[] = [];
  const { port } = await fixed(t, (response) => {
    waiting.push(response);
    // The first 15 are answered when all of them are there, which a client that waits would never see.
    if (waiting.length >= 15) for (const one of waiting) if (!one.writableEnded) one.end('data: [DONE]\n\n');
  });
  const arrivals = { perSecond: 40, spacing: 'constant' as const };
  const { counts, ...recorder } = await load(port, { vus: 15, forMs: 1000, shape: { arrivals, iterations: 20 } });
  t.equal(counts.sent + (counts.dropped ?? 0), 20, 'each arrival was sent or dropped');
  t.ok((counts.dropped ?? 0) <= 5);
  t.equal(counts.ok, counts.sent);
  const { latency, latencyUncorrected, sendLag } = recorder;
  t.equal(sendLag.quantiles()?.count, counts.sent);
  t.ok(
    (latency.quantiles()?.mean ?? 0) >= (latencyUncorrected.quantiles()?.mean ?? 0),
    'from due is never shorter than from sent',
  );
});

test('an open load keeps its connections and agrees with the mock', async (t) => {
  const { port } = await startMock(t);
  const recorder = await load(port, {
    vus: 50,
    forMs: 20_000,
    shape: { arrivals: { perSecond: 100, spacing: 'poisson' }, iterations: 60 },
  });
  await agrees(t, port, recorder);
  t.equal(recorder.counts.ok + (recorder.counts.dropped ?? 0), 60);
});

test('users follow their stages up and down', async (t) => {
  const { port } = await startMock(t);
  const stages = [
    { seconds: 0.3, target: 4 },
    { seconds: 0.3, target: 0 },
  ];
  const recorder = await load(port, { vus: 4, forMs: 800, shape: { stages }, model: 'mock-paced-5x5' });
  await agrees(t, port, recorder);
  const { sessionCount } = await getJson(port, '/_mock/stats');
  t.ok(sessionCount > 0);
  t.equal(recorder.inFlight, 0);
});

test('whole answers and plain GETs are counted as what they are', async (t) => {
  const { port } = await startMock(t);
  for (const dialect of ['chat', 'messages', 'responses', 'get'] as const) {
    // More users than there is to do: two of them have nothing to send.
    const wishes = { vus: 8, request: { dialect, stream: false }, forMs: 20_000 };
    const { counts, latency } = await load(port, { ...wishes, shape: { iterations: 6 } });
    t.match(counts, { sent: 6, ok: 6, done: 0, events: 0 }, dialect);
    t.ok(counts.bytes > 0);
    t.equal(latency.quantiles()?.count, 6);
  }
});

test('an abort makes what is open incomplete, in both models', async (t) => {
  const { port } = await fixed(t, (response) => response.write('data: {}\n\n'));
  for (const shape of [{}, { arrivals: { perSecond: 50, spacing: 'constant' as const } }]) {
    const { counts } = await load(port, { vus: 3, forMs: 300, graceMs: 50, shape });
    t.ok(counts.incomplete > 0);
    t.equal(counts.incomplete, counts.sent);
  }
});
