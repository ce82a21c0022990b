/** Workers that die, hang or are told to leave. */
import { test } from 'tap';
import {
  alive,
  ask,
  buildWithFakeWorker,
  configText,
  fetchText,
  kill,
  PrimaryProcess,
  until,
} from './helpers/primary-process.js';

test('cluster faults', async (t) => {
  const folder = buildWithFakeWorker(t);

  t.test('a killed worker is replaced on the same port, the others are untouched', async (t) => {
    const primary = new PrimaryProcess(t, folder, configText({ workers: 2 }));
    const origin = await primary.ready();
    const [first, second] = primary.workers();
    kill(first!);
    const died = await primary.logged('worker died');
    const back = await primary.logged('worker is ready', 3);
    t.comment(`back after ${Number(back.time) - Number(died.time)} ms`);
    t.match(died.reason, /^ended by SIGKILL \(killed from outside/);
    const workers = primary.workers();
    t.equal(workers.length, 2);
    t.ok(workers.includes(second!));
    t.notOk(workers.includes(first!));
    t.ok((await ask(origin)).pid);
  });

  t.test('the only worker comes back on the same port', async (t) => {
    const primary = new PrimaryProcess(t, folder, configText({ workers: 1 }));
    const origin = await primary.ready();
    const { pid } = await ask(origin);
    kill(pid);
    await primary.logged('worker is ready', 2);
    t.not((await ask(origin)).pid, pid);
  });

  for (const workers of [1, 4])
    t.test(`new connections wait, and none is refused, while all ${workers} are dead`, async (t) => {
      const primary = new PrimaryProcess(t, folder, configText({ workers }));
      const origin = await primary.ready();
      const pids = primary.workers();
      for (const pid of pids) kill(pid);
      const asked: Promise<unknown>[] = [];
      const isBack = primary.logged('worker is ready', workers * 2).then(() => true);
      // What a dying worker had taken is lost with it; of what came later, nothing.
      while (!(await Promise.race([isBack, pause()]))) if (!pids.some(alive)) asked.push(ask(origin).catch(codeOf));
      asked.push(ask(origin).catch(codeOf));
      const answers = await Promise.all(asked);
      t.same(
        answers.filter((answer) => typeof answer === 'string'),
        [],
      );
      primary.child.kill('SIGTERM');
      t.equal((await primary.exit).code, 0);
      t.equal(await ask(origin).catch(codeOf), 'ECONNREFUSED', 'the port closes with the gateway');
    });

  t.test('a frozen worker is noticed by its silence and replaced', async (t) => {
    const primary = new PrimaryProcess(t, folder, configText({ workers: 2 }), {
      env: { TIDEGATE_WATCHDOG_MS: '3000', FAKE_WORKER_STATS_MS: '200' },
    });
    await primary.ready();
    const [frozen] = primary.workers();
    kill(frozen!, 'SIGSTOP');
    const died = await primary.logged('worker died');
    t.equal(died.workerPid, frozen);
    t.match(died.reason, /silent/);
    await primary.logged('worker is ready', 3);
    t.equal(primary.workers().length, 2);
  });

  t.test('a worker that leaves by itself after a fault is replaced at once and finishes what runs', async (t) => {
    const primary = new PrimaryProcess(t, folder, configText({ workers: 1 }));
    const origin = await primary.ready();
    const { pid } = await ask(origin);
    const running = fetchText(`${origin}/fault`);
    await primary.logged('worker leaves by itself after a fault');
    await primary.logged('worker is ready', 2);
    t.not((await ask(origin)).pid, pid);
    t.equal(await running, 'firstlast');
    await primary.logged('worker has left');
    t.equal(primary.workers().length, 1);
  });

  t.test('a worker that keeps dying is started later and later while the others serve', async (t) => {
    const primary = new PrimaryProcess(t, folder, configText({ workers: 2 }));
    const origin = await primary.ready();
    const [steady, flapping] = primary.workers();
    kill(flapping!);
    for (let ready = 3; ready <= 5; ready++) {
      await primary.logged('worker is ready', ready);
      kill(primary.workers().find((pid) => pid !== steady)!);
    }
    await primary.logged('starting a worker in its place', 4);
    const delays = primary.log.filter(({ msg }) => msg === 'starting a worker in its place').map(({ delay }) => delay);
    t.same(delays, [0, 100, 200, 400]);
    t.equal((await ask(origin)).pid, steady);
  });

  t.test('SIGTERM lets running requests finish and ends with 0', async (t) => {
    const primary = new PrimaryProcess(t, folder, configText());
    const origin = await primary.ready();
    const running = Promise.all([1, 2, 3, 4].map(() => fetchText(`${origin}/slow`)));
    await new Promise((resolve) => setTimeout(resolve, 300));
    primary.child.kill('SIGTERM');
    await primary.logged('draining');
    await until(() =>
      ask(origin).then(
        () => false,
        () => true,
      ),
    ); // Nobody accepts any more.
    t.same(await running, Array(4).fill('firstlast'));
    t.same(await primary.exit, { code: 0, signal: null });
  });

  t.test('a second SIGTERM ends at once and leaves no worker behind', async (t) => {
    const primary = new PrimaryProcess(t, folder, configText());
    const origin = await primary.ready();
    const workers = primary.workers();
    const cut = t.rejects(fetchText(`${origin}/slow`));
    await new Promise((resolve) => setTimeout(resolve, 300));
    primary.child.kill('SIGTERM');
    await primary.logged('draining');
    primary.child.kill('SIGTERM');
    t.same(await primary.exit, { code: 1, signal: null });
    await cut;
    await until(() => workers.every((pid) => !alive(pid)));
    t.notOk(workers.some(alive));
  });

  t.test('SIGTERM while starting ends with 0', async (t) => {
    const primary = new PrimaryProcess(t, folder, configText());
    await until(() => primary.workers().length > 0);
    primary.child.kill('SIGTERM');
    t.same(await primary.exit, { code: 0, signal: null });
    t.same(primary.stdout, []);
  });
});

/** What a loop waits between two connections. */
function pause(): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, 5, false));
}

function codeOf(error: NodeJS.ErrnoException): string {
  return error.code ?? error.message;
}
