import { fork } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'tap';
import { CpuWindow } from './cpu-window.js';

/** A process that is busy until it is killed, and says when it has begun. */
async function startBusy(t: { teardown(what: () => unknown): void }, program: string) {
  const child = fork(program);
  t.teardown(() => child.kill('SIGKILL'));
  await once(child, 'message');
  return child;
}

test('a busy process has used time when the window closes, an idle one next to none', async (t) => {
  const dir = t.testdir({ 'busy.cjs': "process.send('begun'); const end = Date.now() + 30000; while (Date.now() < end);" });
  const child = await startBusy(t, `${dir}/busy.cjs`);
  const window = new CpuWindow(() => [child.pid as number]);
  const own = new CpuWindow(() => []);
  // Long enough for many of the kernel's ticks of 10 ms, however busy the machine is.
  while (window.close() === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  t.ok(window.close() > 0);
  t.equal(own.close(), 0);
});

test('a process that appears in the window counts from its start, and one that is gone counts nothing', async (t) => {
  const dir = t.testdir({ 'busy.cjs': "process.send('begun'); const end = Date.now() + 30000; while (Date.now() < end);" });
  const pids: number[] = [];
  const window = new CpuWindow(() => pids);
  const child = await startBusy(t, `${dir}/busy.cjs`);
  pids.push(child.pid as number);
  while (window.close() === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill('SIGKILL');
  await once(child, 'exit');
  t.equal(window.close(), 0);
});
