/** The command with `--compare`, run for real with a fast mock and few users. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Test, test } from 'tap';
import { processTree } from './engine/proc.js';
import { buildGoGateway, NoGoError, whyNoGo } from './engine/targets/go-build.js';
import type { Summary } from './result.js';

const BUILT = resolve(process.env.TIDEGATE_DIST ?? 'dist');
const SHORT = ['-u', '6', '-d', '1s', '--idle', '1s', '--time-scale', '0.02', '--workers', '2', '--credentials', '3'];
const noGo = await whyNoGo();

async function folder(t: Test): Promise<string> {
  const place = await mkdtemp(join(tmpdir(), 'load-compare-'));
  t.teardown(() => rm(place, { recursive: true, force: true }));
  return place;
}

interface Ended {
  code: number | null;
  output: string;
  summary: Summary;
}

async function command(t: Test, args: string[], home = BUILT, during?: (pid: number) => Promise<void>): Promise<Ended> {
  const out = await folder(t);
  const child = spawn(process.execPath, [join(home, 'loadtest.js'), '--out', out, ...SHORT, ...args]);
  t.teardown(() => child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close');
  await during?.(child.pid!);
  const [code] = await ended;
  const [stamp = ''] = await readdir(out);
  return { code, output, summary: JSON.parse(await readFile(join(out, stamp, 'summary.json'), 'utf8')) };
}

/** What the machine's own business may spoil. */
function faultsOf({ invalid }: Summary): string[] {
  return invalid.filter((fault) => !fault.includes('generator'));
}

test('both reference gateways run interleaved in fresh processes, balance with the mock, and stand beside each other', async (t) => {
  const order = ['conventional', noGo ? 'single' : 'go'];
  const { output, summary } = await command(t, ['--target', 'conventional', '--compare', `${order[1]}`, '--repeats', '2']);
  t.strictSame(
    summary.runs.map(({ plan }) => plan.target),
    [...order, ...order.toReversed()],
  );
  t.strictSame(faultsOf(summary), [], output);
  for (const { plan, mock, counts, samples } of summary.runs) {
    t.equal(mock?.events, counts.events, `${plan.target}: what the mock sent arrived`);
    t.equal(mock?.keys, 3, `${plan.target}: all credentials took their turns`);
    const processes = Math.max(...samples.map((sample) => sample.gateway?.processes ?? 0));
    t.equal(processes, 1, `${plan.target}: its process was watched`);
  }
  t.strictSame(
    summary.comparison?.targets.map(({ target, runs }) => [target, runs]),
    order.map((target) => [target, 2]),
  );
  t.match(output, /CPU-seconds per 1,000 chunks \[6\] +median \(lowest–highest\) +÷ conventional/);
  t.match(output, /\nNode\.js \(published\) +/);
});

test('without Go one line says so; a gateway that does not start is missing and named; the other columns go on', async (t) => {
  const place = await folder(t);
  await cp(BUILT, join(place, 'dist'), { recursive: true });
  await writeFile(join(place, 'package.json'), '{"type":"module"}');
  await symlink(resolve('node_modules'), join(place, 'node_modules'));
  await rm(join(place, 'dist', 'conventional.js'));
  const args = ['--target', 'direct', '--compare', 'go,conventional,cluster', '--repeats', '1'];
  const { code, output, summary } = await command(t, args, join(place, 'dist'));
  t.equal(output.match(/so there is no Go column/g)?.length, 2, 'when it is noticed, and under the report');
  t.strictSame(
    summary.runs.map(({ plan }) => plan.target),
    ['direct', 'cluster'],
  );
  t.match(summary.warnings.join('\n'), /no Go column[\s\S]*conventional, run 1: could not run: the conventional gateway ended/);
  t.equal(code, 1, 'not all that was asked for could be run');
});

test('no toolchain is told apart from a program that does not compile', { skip: noGo ?? false }, async (t) => {
  const place = await folder(t);
  const source = join(place, 'loadtest/reference/go');
  await mkdir(source, { recursive: true });
  await writeFile(join(source, 'go.mod'), 'module broken\n\ngo 1.22\n');
  await writeFile(join(source, 'main.go'), 'package main\n\nfunc main() { nonsense }\n');
  await t.rejects(buildGoGateway(place), { message: /does not build: [\s\S]*undefined: nonsense/ });
  const path = process.env.PATH;
  process.env.PATH = place;
  t.teardown(() => {
    process.env.PATH = path;
  });
  const refusal: unknown = await buildGoGateway(place).catch((error: unknown) => error);
  t.ok(refusal instanceof NoGoError, String(refusal));
  process.env.PATH = path;
  await writeFile(join(source, 'main.go'), 'package main\n\nfunc main() {}\n');
  const program = await buildGoGateway(place);
  process.env.PATH = place;
  t.equal(await buildGoGateway(place), program, 'built once, it needs no toolchain until its sources change');
});

test('Ctrl-C in a comparison leaves no process and reports what there is', async (t) => {
  let pids: number[] = [];
  const args = ['--target', 'conventional', '--compare', 'single', '-d', '60s'];
  const { code, summary } = await command(t, args, BUILT, async (pid) => {
    while (processTree(pid).length < 4) await sleep(100);
    await sleep(3000);
    pids = processTree(pid);
    process.kill(pid, 'SIGINT');
  });
  t.equal(code, 130);
  t.strictSame(
    summary.runs.map(({ plan, interrupted }) => [plan.target, interrupted]),
    [['conventional', true]],
  );
  t.strictSame(
    pids.filter((pid) => existsSync(`/proc/${pid}`)),
    [],
    'command, mock, gateway and generator are gone',
  );
});
