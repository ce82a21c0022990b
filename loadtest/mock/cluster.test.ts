import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { after, before, test } from 'tap';
import { CHUNKED_END, converse, eventsOf, eventually, getJson } from './testing.js';

const folder = mkdtempSync(join(tmpdir(), 'mock-'));
const bundle = join(folder, 'mock.mjs');

before(async () => {
  const entryPoints = [join(import.meta.dirname, 'main.ts')];
  await build({ entryPoints, outfile: bundle, bundle: true, format: 'esm', platform: 'node', target: 'node20.18' });
});
after(() => rmSync(folder, { recursive: true }));

interface Cleaner {
  teardown(what: () => unknown): void;
}

/** The real mock as a process of its own with an IPC channel, ready. */
async function forkMock(t: Cleaner, environment: Record<string, string>) {
  const child = fork(bundle, ['--port', '0'], { env: { PATH: process.env.PATH, ...environment }, execArgv: [], silent: true });
  t.teardown(() => child.kill('SIGKILL'));
  let output = '';
  child.stdout?.on('data', (text) => {
    output += text;
  });
  const [message] = await once(child, 'message');
  return { child, port: message.port as number, message, output: () => output };
}

const stream = (model: string) => ({ model, stream: true, messages: [] });
const exit = async (child: ChildProcess) => (await once(child, 'exit'))[0];

test('port 0 works: the line and the message name the real one', async (t) => {
  const { port, message, output } = await forkMock(t, {});
  t.same(message, { type: 'listening', port });
  t.ok(port > 0);
  t.match(
    await eventually(
      async () => output(),
      (text) => text.includes('\n'),
    ),
    new RegExp(`http://127.0.0.1:${port} `),
  );
});

for (const workers of ['1', '2']) {
  test(`counts are exact over ${workers} process(es)`, async (t) => {
    const { port } = await forkMock(t, { WORKER_THREADS: workers });
    const send = (n: number) =>
      converse(port, stream('mock-instant'), { headers: [`Authorization: Bearer k${n % 3}`], until: CHUNKED_END });
    for (let batch = 0; batch < 10; batch++) await Promise.all(Array.from({ length: 30 }, (_, n) => send(n)));
    const stats = await getJson(port, '/_mock/stats');
    t.match(stats, {
      requests: 300,
      completed: 300,
      doneMarkers: 300,
      events: 6000,
      active: 0,
      byKey: { k0: 100, k1: 100, k2: 100 },
    });
    t.equal(stats.processes.length, Number(workers));
  });

  test(`the cap is exact over ${workers} process(es)`, async (t) => {
    const { port } = await forkMock(t, { WORKER_THREADS: workers, MAX_CONCURRENT: '25' });
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => converse(port, stream('fault-stall-after-1'), { listenMs: 1500 })),
    );
    const statuses = answers.map(({ text }) => text.slice(9, 12));
    t.equal(statuses.filter((status) => status === '200').length, 25);
    t.equal(statuses.filter((status) => status === '503').length, 35);
    const stats = await eventually(
      () => getJson(port, '/_mock/stats'),
      (now) => now.active === 0,
    );
    t.match(stats, { aborted: 25, noSlot: 35, maxInFlight: 25, active: 0 });
  });

  test(`SIGTERM lets streams finish and ends with 0 (${workers} process(es))`, async (t) => {
    const { child, port } = await forkMock(t, { WORKER_THREADS: workers });
    const streams = Array.from({ length: 8 }, () => converse(port, stream('mock-paced-40x20'), { listenMs: 20_000 }));
    await eventually(
      () => getJson(port, '/_mock/stats'),
      (stats) => stats.events >= 8,
    );
    child.kill('SIGTERM');
    const left = exit(child);
    for (const seen of await Promise.all(streams)) t.equal(eventsOf(seen.text).at(-1), '[DONE]');
    t.equal(await left, 0);
  });
}

test('streams that do not end are cut when the drain is over', async (t) => {
  const { child, port } = await forkMock(t, { DRAIN_SECONDS: '0.2' });
  const stalled = converse(port, stream('fault-stall-after-1'), { listenMs: 20_000 });
  await eventually(
    () => getJson(port, '/_mock/stats'),
    (stats) => stats.active === 1,
  );
  child.kill('SIGTERM');
  t.equal(await exit(child), 0);
  t.not((await stalled).end, 'open');
});

test('it leaves when its parent is gone', async (t) => {
  const { child } = await forkMock(t, { WORKER_THREADS: '2' });
  child.disconnect();
  t.equal(await exit(child), 0);
});

test('a worker that dies is replaced and its slots come back', async (t) => {
  const { port } = await forkMock(t, { WORKER_THREADS: '2' });
  const before = await getJson(port, '/_mock/stats');
  const stalled = Array.from({ length: 10 }, () => converse(port, stream('fault-stall-after-1'), { listenMs: 20_000 }));
  await eventually(
    () => getJson(port, '/_mock/stats'),
    (stats) => stats.active === 10,
  );
  const pids: number[] = before.processes.map((one: { processId: number }) => one.processId);
  for (const pid of pids) if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(bundle)) process.kill(pid, 'SIGKILL');
  await Promise.all(stalled);
  const ask = () => getJson(port, '/_mock/stats').catch(() => undefined);
  const stats = await eventually(ask, (now) => now?.active === 0 && now.processes.length === 2);
  t.match(stats, { requests: 10, faulted: 10, active: 0 });
  t.notOk(stats.processes.some((one: { processId: number }) => pids.includes(one.processId)));
});

test('an option that cannot be used ends it with 78', async (t) => {
  const child = fork(bundle, ['--port', '99999'], { execArgv: [], silent: true });
  t.teardown(() => child.kill('SIGKILL'));
  t.equal(await exit(child), 78);
});
