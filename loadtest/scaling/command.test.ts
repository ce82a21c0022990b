import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Test, test } from 'tap';
import { CpuTree } from './cpu-tree.js';
import type { ScalingRecord } from './words.js';

const PROGRAM = join(process.env.TIDEGATE_DIST ?? 'dist', 'loadtest.js');
const TINY = ['--emulate-cores', '1', '--curve', '2', '-u', '6', '-d', '3s', '--warmup', '1s', '--core-share', '10'];

/** Why the machine cannot do it, or false. */
function whyNot(): string | false {
  try {
    CpuTree.make().remove();
    return false;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Groups that a command with this pid left behind, in either version's usual place. */
function groupsOf(pid: number): string[] {
  return ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup'].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).filter((name) => name === `tidegate-scaling-${pid}`) : [],
  );
}

interface Ended {
  pid: number;
  code: number | null;
  output: string;
  record?: ScalingRecord;
  files: string[];
}

async function command(t: Test, during?: (pid: number, said: () => string) => Promise<void>): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), 'scaling-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const child = spawn(process.execPath, [PROGRAM, '--out', folder, ...TINY], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.teardown(() => child.kill('SIGTERM'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close');
  await during?.(child.pid!, () => output);
  const [code] = await ended;
  const [stamp] = await readdir(folder);
  const files = stamp ? (await readdir(join(folder, stamp))).sort() : [];
  const record = stamp ? JSON.parse(await readFile(join(folder, stamp, 'scaling.json'), 'utf8')) : undefined;
  return { pid: child.pid!, code, output, record, files };
}

test('a tiny curve is measured under limits, written down, and no group is left', { skip: whyNot() }, async (t) => {
  const { pid, code, output, record, files } = await command(t);
  // So few users do not fill a share: the command must notice, which is exit 3; on a slow machine they may.
  t.ok(code === 0 || code === 3, output);
  t.strictSame(files, ['scaling.json', 'scaling.svg', 'scaling.txt']);
  const cluster = record?.points.find((point) => point.plan.target === 'cluster');
  const loaded = cluster?.readings.filter((reading) => reading.phase === 'load') ?? [];
  t.ok(loaded.length > 1 && loaded.every((reading) => reading.limited), 'limits were on while it was measured');
  t.equal(loaded.at(-1)?.processes.length, 3, 'the primary and both workers were held');
  t.ok(
    loaded.at(-1)?.processes.every((one) => one.throttle.periods > 0 || one.isRoot),
    'the kernel counted periods for the workers',
  );
  t.match(output, /workers +target +users/);
  t.strictSame(groupsOf(pid), []);
});

test('Ctrl-C leaves with 130, a partial report and no group', { skip: whyNot() }, async (t) => {
  const { pid, code, output } = await command(t, async (child, said) => {
    while (!said().includes('cluster, 2')) await sleep(50);
    await sleep(3000);
    t.equal(groupsOf(child).length, 1, 'the group is there while it runs');
    process.kill(child, 'SIGINT');
  });
  t.equal(code, 130, output);
  t.strictSame(groupsOf(pid), []);
});
