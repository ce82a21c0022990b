import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Test, test } from 'tap';
import { ProbedProcesses } from './probed-processes.js';
import type { CpuProfile } from './self-time.js';

const AGENT = join(process.env.TIDEGATE_DIST ?? 'dist', 'load-agent.js');

/** A primary with two workers that compute all the time, a little. */
const CLUSTER = `
  const cluster = require('node:cluster');
  if (cluster.isPrimary) { cluster.fork(); cluster.fork(); }
  setInterval(function compute() { for (let i = 0; i < 1e6; i++) Math.sqrt(i); }, 5);
`;

async function probed(
  t: Pick<Test, 'teardown' | 'testdir'>,
): Promise<{ processes: ProbedProcesses; pids: number[]; child: ChildProcess }> {
  const processes = await ProbedProcesses.prepare(AGENT);
  const child = spawn(process.execPath, [join(t.testdir({ 'cluster.cjs': CLUSTER }), 'cluster.cjs')], {
    env: { ...process.env, ...processes.env },
    stdio: 'ignore',
  });
  t.teardown(async () => {
    const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    child.kill('SIGKILL');
    await gone;
    await processes.remove();
  });
  let pids: number[] = [];
  for (let attempt = 0; attempt < 600 && pids.length < 3; attempt++) {
    await sleep(100);
    pids = await processes.pids();
  }
  return { processes, pids, child };
}

test('primary and workers each listen for themselves, and only for the user who started them', async (t) => {
  const { processes, pids, child } = await probed(t);
  t.equal(pids.length, 3);
  t.equal(pids[0], child.pid, 'the eldest is the primary');
  t.equal((await stat(dirname(processes.file('x')))).mode & 0o777, 0o700);
});

test('a CPU profile of a worker names the function that computes', async (t) => {
  const { processes, pids } = await probed(t);
  const [, worker] = pids as [number, number];
  const file = processes.file('worker.cpuprofile');
  // On a busy machine a worker may get no time at all for a while: it is looked at until it has computed.
  let names: string[] = [];
  for (let attempt = 0; attempt < 100 && !names.includes('compute'); attempt++) {
    await processes.ask(worker, { do: 'profile-start', intervalMicroseconds: 500 });
    await sleep(300);
    await processes.ask(worker, { do: 'profile-stop', file });
    const { nodes } = JSON.parse(await readFile(file, 'utf8')) as CpuProfile;
    names = nodes.map(({ callFrame }) => callFrame.functionName);
  }
  t.ok(names.includes('compute'), names.join());
  await t.rejects(processes.ask(worker, { do: 'profile-stop', file }), /profile-stop/, 'what cannot be done is told');
});

test('memory is told after a collection, a snapshot is written, and one past the bound is refused', async (t) => {
  const { processes, pids } = await probed(t);
  const [primary] = pids as [number];
  const { memory } = await processes.ask(primary, { do: 'memory' });
  t.ok(memory && memory.heapUsed > 1e6 && memory.rss > memory.heapUsed);
  const file = processes.file('primary.heapsnapshot');
  await t.rejects(processes.ask(primary, { do: 'snapshot', file, mostBytes: 1 }), /the heap holds \d+ MB/);
  await processes.ask(primary, { do: 'snapshot', file, mostBytes: 2 ** 28 });
  t.ok((JSON.parse(await readFile(file, 'utf8')) as { nodes: number[] }).nodes.length > 1000);
});

test('a process that is gone is told apart from one that answers', async (t) => {
  const { processes } = await probed(t);
  await t.rejects(processes.ask(2 ** 22 + 1, { do: 'memory' }), /process 4194305: memory/);
  await t.rejects(ProbedProcesses.prepare('/nowhere/load-agent.js'), /npm run build/);
});
