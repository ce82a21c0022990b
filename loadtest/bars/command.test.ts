/** The built command, run for real; figures are not judged. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'tap';
import { processTree } from '../engine/proc.js';
import type { BarsRun } from './figure.js';

const PROGRAM = join(resolve(process.env.TIDEGATE_DIST ?? 'dist'), 'bars.js');

function start(t: { teardown(what: () => unknown): void }, ...args: string[]) {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.teardown(() => child.kill('SIGKILL'));
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (output.text += piece.toString()));
  return { child, output, ended: once(child, 'close') as Promise<[number | null]> };
}

test('a row is measured, printed with its bar and the machine, and given as JSON', async (t) => {
  const { output, ended } = start(t, 'cold-start', '--rounds', '1', '--json');
  t.equal((await ended)[0], 0, output.text);
  t.match(output.text, /Cold start to the first 200, primary and 2 workers +\d+ ms/);
  t.match(output.text, /gateway on Node v\d+.*cores/);
  const run = JSON.parse(output.text.trim().split('\n').at(-1) as string) as BarsRun;
  t.match(run, {
    source: 'bars',
    command: 'cold-start --rounds 1 --json',
    figures: [{ id: 'cold-start', value: { rounds: 5 } }],
  });
  t.same(run.problems, []);
});

test('what cannot be asked for is refused before anything is started', async (t) => {
  const { output, ended } = start(t, 'warm-start');
  t.equal((await ended)[0], 64);
  t.match(output.text, /no row 'warm-start'; rows: chunk/);
});

test('a target that cannot be started is a problem of its row and not the end of the command', async (t) => {
  const { output, ended } = start(t, 'memory', 'nonstream', '--targets', 'cluster@no-such-build', '--rounds', '1');
  t.equal((await ended)[0], 1);
  t.match(output.text, /! memory: the gateway ended before it was ready/);
  t.match(output.text, /! nonstream: the gateway ended before it was ready/);
});

test('an interrupted command leaves none of its processes behind', async (t) => {
  const { child, ended } = start(t, 'memory', '--rounds', '1', '--targets', 'single');
  const started = async (): Promise<number[]> => {
    for (;;) {
      const tree = processTree(child.pid as number);
      // The command, the mock, the gateway and a client.
      if (tree.length >= 4 || child.exitCode !== null) return tree;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const tree = await started();
  child.kill('SIGINT');
  t.equal((await ended)[0], 130);
  const left = (): number[] => tree.filter((pid) => existsSync(`/proc/${pid}`));
  for (let tries = 0; left().length > 0 && tries < 200; tries++) await new Promise((resolve) => setTimeout(resolve, 50));
  t.same(left(), []);
});
