import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Test, test } from 'tap';
import type { GroupSample } from '../result.js';
import { Sampler } from './sample.js';

/** A process with one child, of which one spins and the other rests. */
async function family(t: Test): Promise<{ parent: number; child: number }> {
  const code = `
    const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, ['-e', 'for (;;) {}'], { stdio: 'ignore' });
    process.on('SIGTERM', () => { child.kill('SIGKILL'); process.exit(); });
    console.log(child.pid);
    setInterval(() => {}, 1000);`;
  const process_ = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'ignore'] });
  t.teardown(() => process_.kill('SIGTERM'));
  const [line] = (await once(process_.stdout, 'data')) as [Buffer];
  return { parent: process_.pid as number, child: Number(line.toString()) };
}

test('each process of the gateway is told by itself, and together they are the group', async (t) => {
  const { parent, child } = await family(t);
  const sampler = new Sampler({ gateway: [parent], mock: [process.pid] });
  let group: GroupSample | undefined;
  for (const until = Date.now() + 60_000; Date.now() < until; ) {
    const sample = sampler.sample();
    t.equal(sample.mock?.each, undefined, 'the others are not');
    group = sample.gateway;
    if ((group?.each?.find(({ pid }) => pid === child)?.cpuPercent ?? 0) > 0) break;
    await new Promise((resolve) => setTimeout(resolve, 600));
  }
  const each = group?.each ?? [];
  t.strictSame(
    each.map(({ pid }) => pid),
    [parent, child],
  );
  const [resting, spinning] = each;
  t.ok((spinning?.cpuPercent ?? 0) > (resting?.cpuPercent ?? 0));
  const sum = each.reduce((total, { cpuPercent }) => total + cpuPercent, 0);
  t.ok(Math.abs(sum - (group?.cpuPercent ?? 0)) < 1, `${sum} of ${group?.cpuPercent}`);
  t.equal(
    each.reduce((total, { pss }) => total + pss, 0),
    group?.pss,
  );
});
