import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'tap';
import { StopSignals } from './signals.js';

test('the first signal stops and the second aborts, whichever they are', async (t) => {
  const signals = new StopSignals();
  t.equal(signals.judge('SIGTERM', 0), 'stop');
  t.equal(signals.judge('SIGTERM', 1), 'abort');
});

test('the echo of Ctrl-C that npm sends is not a second wish', async (t) => {
  const signals = new StopSignals();
  t.equal(signals.judge('SIGINT', 1000), 'stop');
  t.equal(signals.judge('SIGINT', 1003), 'echo');
  t.equal(signals.judge('SIGINT', 1600), 'abort');
});

/** Exit codes say who was asked; 9: nobody. */
const PROGRAM = `
  import { listenToSignals, obeySignals } from ${JSON.stringify(new URL('signals.js', import.meta.url).href)};
  listenToSignals();
  setTimeout(() => process.exit(9), 10_000);
  const lastWord = () => {
    process.kill(process.pid, 'SIGTERM');
    for (const until = performance.now() + 50; performance.now() < until; );
    if (process.argv.includes('obey')) obeySignals({ stop: () => process.exit(3), abort: () => process.exit(4), reload() {}, restart() {} });
  };
  setImmediate(lastWord);
`;

async function exitCode(...words: string[]): Promise<unknown> {
  const child = spawn(process.execPath, ['--import=tsx', '--input-type=module', '--eval', PROGRAM, ...words], {
    stdio: 'inherit',
  });
  const [code] = await once(child, 'exit');
  return code;
}

test('a wish to end that comes while nothing runs yet is granted at once', async (t) => {
  t.equal(await exitCode('alone'), 0);
});

test('a wish to end that was caught before there was anybody to ask is asked of whoever is there when it is told', async (t) => {
  t.equal(await exitCode('obey'), 3);
});
