import { test } from 'tap';
import { demoCommand, readyLine } from './ready-line.js';

test('the ready line names address, workers and admin address', async (t) => {
  const admin = { host: '127.0.0.1', port: 9090 };
  t.equal(
    readyLine({ host: '127.0.0.1', port: 8080, workers: 4, admin }),
    'Tidegate is ready on http://127.0.0.1:8080 (4 workers, admin http://127.0.0.1:9090)',
  );
  t.equal(readyLine({ host: '::1', port: 1, workers: 1 }), 'Tidegate is ready on http://[::1]:1 (1 worker)');
  t.equal(readyLine({ host: 'localhost', port: 1, workers: 0 }), 'Tidegate is ready on http://localhost:1 (single process)');
});

test('the demo command can be pasted and calls an address, not a wildcard', async (t) => {
  t.match(demoCommand('0.0.0.0', 8080), "curl -N http://127.0.0.1:8080/v1/chat/completions -H 'content-type: application/json'");
  t.match(demoCommand('127.0.0.1', 8080), '"model":"mock-model","stream":true');
});
