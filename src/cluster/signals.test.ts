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
