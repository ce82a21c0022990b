import { test } from 'tap';
import { judgeHealth } from './health.js';

const GIGABYTE = 1024 ** 3;
const roomy = { totalBytes: 100 * GIGABYTE, availableBytes: 90 * GIGABYTE };

test('nine slots of ten taken are healthy, more are not', async (t) => {
  t.equal(judgeHealth({ active: 90, max: 100 }, roomy).body.status, 'healthy');
  t.match(judgeHealth({ active: 91, max: 100 }, roomy), {
    status: 503,
    body: { status: 'overloaded', concurrent_usage: '91.0%', available_slots: 9 },
  });
});

test('95 % of the memory in use is healthy, more is not', async (t) => {
  t.equal(judgeHealth({ active: 0, max: 100 }, { ...roomy, availableBytes: 5 * GIGABYTE }).status, 200);
  t.equal(judgeHealth({ active: 0, max: 100 }, { ...roomy, availableBytes: 4 * GIGABYTE }).status, 503);
});

test('memory is told in megabytes and percent', async (t) => {
  t.same(judgeHealth({ active: 0, max: 1 }, roomy).body.memory, {
    total_mb: 102400,
    used_mb: 10240,
    available_mb: 92160,
    usage_percent: '10.0%',
  });
});
