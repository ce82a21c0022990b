import { spawn } from 'node:child_process';
import { test } from 'tap';
import { until } from '../../test/helpers/primary-process.js';
import { describeEnd, describeSilence } from './end-of-worker.js';

test('an end is told with what it most likely means', (t) => {
  t.equal(describeEnd(1, null, 5e7), 'exit code 1');
  t.match(describeEnd(null, 'SIGABRT', 50 * 1024 * 1024), /SIGABRT \(out of memory.*; 50 MB of heap/);
  t.match(describeEnd(null, 'SIGABRT', undefined), /SIGABRT \(out of memory.*engine\)$/);
  t.match(describeEnd(null, 'SIGKILL', 5e7), /by the kernel for want of memory, or by hand\)$/);
  t.equal(describeEnd(null, 'SIGTERM', 5e7), 'ended by SIGTERM');
  t.end();
});

test('a silent process is busy, suspended, or gone', { skip: process.platform !== 'linux' }, async (t) => {
  const child = spawn(process.execPath, ['-e', 'for (;;);']);
  t.teardown(() => child.kill('SIGKILL'));
  await until(() => describeSilence(child.pid as number).startsWith('busy'));
  child.kill('SIGSTOP');
  await until(() => describeSilence(child.pid as number).startsWith('suspended'));
  t.equal(describeSilence(2 ** 30), 'in an unknown state');
});
