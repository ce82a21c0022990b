import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Test, test } from 'tap';
import { seconds, thinkTime } from './cli/values.js';
import type { Summary } from './result.js';
import type { ScenarioResult, SuiteSummary } from './scenarios/findings.js';

const PROGRAM = join(process.env.TIDEGATE_DIST ?? 'dist', 'loadtest.js');

interface Ended {
  code: number | null;
  output: string;
  summary?: Summary;
}

/** Runs the built command to its end; `during` may disturb it. */
async function command(t: Test, args: string[], during?: (pid: number, output: () => string) => Promise<void>): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), 'loadtest-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const child = spawn(process.execPath, [PROGRAM, '--out', folder, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.teardown(() => child.kill('SIGTERM'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close');
  if (during) await during(child.pid!, () => output);
  const [code] = await ended;
  const [stamp] = await readdir(folder);
  const summary = stamp ? JSON.parse(await readFile(join(folder, stamp, 'summary.json'), 'utf8')) : undefined;
  return { code, output, summary };
}

/** Exit 0, unless the machine was too busy for the generator, which the command must notice then. */
function leftWell(t: Test, { code, output, summary }: Ended): void {
  const faults = summary?.invalid.filter((fault) => !fault.includes('generator'));
  t.strictSame(faults, [], output);
  t.equal(code, summary?.invalid.length === 0 ? 0 : 3);
}

const SHORT = ['--target', 'direct', '-u', '8', '-d', '2s', '--idle', '1s', '--time-scale', '0.05'];

/** A stand-in for a mock whose counts are wrong, and for a target that answers one healthy event. */
async function liar(t: Test): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/_mock/'))
      return void response.end(
        JSON.stringify({
          requests: 1,
          completed: 1,
          doneMarkers: 1,
          events: 1,
          noSlot: 0,
          byKey: {},
          sessionCount: 0,
          sessionKeyChanges: 0,
        }),
      );
    request
      .resume()
      .on('end', () => setTimeout(() => response.end('data: {"choices":[{"delta":{"content":"a"}}]}\n\ndata: [DONE]\n\n'), 20));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a short run against the mock balances, prints the tables and leaves with 0', async (t) => {
  const { code, output, summary } = await command(t, SHORT);
  leftWell(t, { code, output, summary });
  t.match(output, /RPS, until the last stream ended/);
  t.notMatch(output, /\u001b/, 'no control codes where no terminal is');
  t.match(summary, { schemaVersion: 1, environment: { node: process.version } });
  const run = summary!.runs[0]!;
  t.ok(run.counts.ok > 8);
  t.equal(run.counts.ok, run.counts.sent);
  t.equal(run.mock?.events, run.counts.events);
  t.ok(
    run.samples.some((sample) => (sample.mock?.rss ?? 0) > 0),
    'the mock was watched',
  );
});

test('two generator processes count together what the mock counts', async (t) => {
  const { code, output, summary } = await command(t, [...SHORT, '--generators', '2', '--json']);
  leftWell(t, { code, output, summary });
  t.equal(summary?.runs[0]?.generator.processes, 2);
  t.equal(summary?.runs[0]?.mock?.requests, summary?.runs[0]?.counts.sent);
});

test('counts that disagree with the mock make the run invalid: exit 3', async (t) => {
  const origin = await liar(t);
  const { code, output } = await command(t, ['--target', origin, '--mock', origin, '-u', '2', '-d', '1s', '--idle', '1s', '-q']);
  t.equal(code, 3, output);
  t.match(output, /run invalid: \d+ requests were sent \(0 failed\) but the mock counted 1/);
});

test('a target that nobody serves makes the run invalid, not a table of zeros', async (t) => {
  const { code, output } = await command(t, ['--target', 'http://127.0.0.1:1', '-u', '2', '-d', '1s', '--idle', '1s', '-q']);
  t.equal(code, 3, output);
  t.match(output, /no request succeeded/);
  t.match(output, /ECONNREFUSED/);
});

test('Ctrl-C ends the load, writes the partial report and leaves with 130 and no process behind', async (t) => {
  const { code, output, summary } = await command(t, [...SHORT, '-d', '60s', '--time-scale', '1'], async (pid, said) => {
    while (!said().includes('in flight')) await sleep(50);
    await sleep(3000);
    process.kill(pid, 'SIGINT');
  });
  t.equal(code, 130, output);
  t.match(output, /partial figures/);
  const run = summary!.runs[0]!;
  t.equal(run.interrupted, true);
  t.ok(run.counts.incomplete > 0);
  t.equal(run.counts.sent, run.counts.ok + run.counts.incomplete);
});

test('one scenario of the suite, whole: through the gateway and past it, figures of both, exact counts, a threshold not kept is 99', async (t) => {
  const limits = ['1b:rate.gateway>0', 'mock-baseline:latency_p50.direct<0'].flatMap((words) => ['--threshold', words]);
  const { code, output, summary } = await command(t, ['--scenario', '1b', '--quick', '--workers', '1', '--json', ...limits]);
  t.equal(code, 99, output);
  const suite = summary as unknown as SuiteSummary;
  t.match(suite, { kind: 'suite', schemaVersion: 1, pace: 'quick', interrupted: false, command: /--scenario 1b --quick/ });
  const [{ checks = [], figures = [], outcome } = {} as Partial<ScenarioResult>] = suite.scenarios;
  t.equal(outcome, 'fail');
  const kept = (words: string): boolean | undefined => checks.find(({ promise }) => promise.startsWith(words))?.ok;
  t.strictSame([kept('requests that the mock counted'), kept('requests that failed')], [true, true]);
  t.strictSame([kept('requests a second, one at a time (gateway) > 0'), kept('latency P50 (direct) < 0')], [true, false]);
  for (const where of ['gateway', 'direct']) t.ok((figures.find(({ name }) => name === `latency_p50.${where}`)?.value ?? 0) > 0);
});

test('a scenario or a threshold that means nothing is refused before anything is started', async (t) => {
  t.match(await command(t, ['--scenario', 'nonsense']), { code: 1, output: /no scenario 'nonsense'/ });
  t.match(await command(t, ['--scenario', '1b', '--threshold', '3:rate.gateway>0']), { code: 1, output: /no scenario '3'/ });
  t.match(await command(t, ['--threshold', 'speed:max<1']), { code: 1, output: /a run has no 'speed'/ });
});

test('a wrong option is named and leaves with 1', async (t) => {
  const { code, output } = await command(t, ['--vus', 'many']);
  t.equal(code, 1);
  t.match(output, /--vus.*whole number/);
});

test('times are read in each unit', async (t) => {
  t.strictSame(['500ms', '20s', '2m', '1h', '3'].map(seconds), [0.5, 20, 120, 3600, 3]);
  t.strictSame(thinkTime('1s..3s'), [1000, 3000]);
  t.strictSame(thinkTime('500ms'), [500, 500]);
  t.throws(() => thinkTime('3s..1s'));
  t.throws(() => seconds('soon'));
});
