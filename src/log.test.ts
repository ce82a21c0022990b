import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { test } from 'tap';
import { redact, setSecrets } from './log.js';

const SOURCE = fileURLToPath(new URL('log.ts', import.meta.url));

/** Writes 40 MB of lines in turns, then tells on stdout what became of them. */
const FLOOD = `
import { droppedLines, flushLog, log, setSecrets } from SOURCE;
setSecrets(['sk-secret-1']);
const filler = 'x'.repeat(1000);
let written = 0;
const turn = () => {
  for (let line = 0; line < 1000; line++) log.info({ filler }, 'sk-secret-1');
  written += 1000;
  if (written < 40_000) setTimeout(turn, 1);
  else process.stdout.write(JSON.stringify({ dropped: droppedLines(), rss: process.memoryUsage().rss }) + '#');
};
turn();
`;

interface Flood {
  readonly dropped: number;
  readonly rss: number;
}

/** Runs the flood; `onStderr` decides what becomes of its stderr. */
async function flood(folder: string, onStderr: (stderr: NodeJS.ReadableStream & { destroy(): unknown }) => void): Promise<Flood> {
  const entry = join(folder, 'flood.ts');
  writeFileSync(entry, FLOOD.replace('SOURCE', JSON.stringify(SOURCE)));
  const outfile = join(folder, 'flood.mjs');
  const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  buildSync({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', banner: { js: banner } });
  const child = spawn(process.execPath, [outfile], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LOG_LEVEL: 'info' },
  });
  onStderr(child.stderr);
  // Generous, for a busy machine.
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  let text = '';
  for await (const chunk of child.stdout) {
    text += chunk;
    if (text.endsWith('#')) break;
  }
  clearTimeout(timer);
  // Killed, as a write that hangs in a thread also keeps `process.exit` waiting.
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return JSON.parse(text.replace('#', ''));
}

test('named secrets never leave, however often and wherever they stand', async (t) => {
  setSecrets(['sk-secret-1', 'p$w0rd.*']);
  t.teardown(() => setSecrets([]));
  t.equal(redact('a sk-secret-1 b sk-secret-1p$w0rd.*'), 'a [redacted] b [redacted][redacted]');
  t.equal(redact('nothing to see'), 'nothing to see');
});

test('a secret inside another leaves nothing of the longer one', async (t) => {
  for (const secrets of [
    ['sk-main', 'sk-main-and-more'],
    ['sk-main-and-more', 'sk-main'],
  ]) {
    setSecrets(secrets);
    t.equal(redact('x sk-main-and-more sk-main y'), 'x [redacted] [redacted] y');
  }
  setSecrets([]);
});

test('a text is too short to be a secret where it would blank ordinary words', async (t) => {
  setSecrets(['', 'key', 'abcde']);
  t.equal(redact('key abcde monkey'), 'key abcde monkey');
  setSecrets([]);
});

test('new secrets take the place of the old', async (t) => {
  setSecrets(['sk-old-1']);
  setSecrets(['sk-new-1']);
  t.equal(redact('sk-old-1 sk-new-1'), 'sk-old-1 [redacted]');
  setSecrets([]);
});

test('a blocked stderr neither stops nor grows the process: lines are dropped and counted', async (t) => {
  const { dropped, rss } = await flood(t.testdir(), () => {});
  t.ok(dropped > 20_000, `${dropped} of 40,000 lines dropped`);
  t.ok(rss < 250 * 1024 * 1024, `${Math.round(rss / 1024 / 1024)} MB`);
});

test('a closed stderr does neither', async (t) => {
  const { dropped, rss } = await flood(t.testdir(), (stderr) => stderr.destroy());
  t.ok(dropped > 0, `${dropped} lines dropped`);
  t.ok(rss < 250 * 1024 * 1024, `${Math.round(rss / 1024 / 1024)} MB`);
});

test('a read stderr gets its lines as JSON without secrets', async (t) => {
  let text = '';
  await flood(t.testdir(), (stderr) => stderr.on('data', (chunk) => (text += text.length < 100_000 ? chunk : '')));
  const line = JSON.parse(text.slice(0, text.indexOf('\n')));
  t.match(line, { msg: '[redacted]', pid: Number, level: 30 });
  t.notMatch(text, /sk-secret-1/);
});
