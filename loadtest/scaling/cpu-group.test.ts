import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { CpuGroup, parseThrottle, quotaOf } from './cpu-group.js';
import { CpuTree } from './cpu-tree.js';

async function folder(t: Test): Promise<string> {
  const place = await mkdtemp(join(tmpdir(), 'cpu-group-'));
  t.teardown(() => rm(place, { recursive: true, force: true }));
  return place;
}

test('a share is a quota of a 10 ms period, longer where the quota would be less than the kernel takes', async (t) => {
  t.strictSame(quotaOf(0.15), { quota: 1500, period: 10_000 });
  t.strictSame(quotaOf(1.2), { quota: 12_000, period: 10_000 });
  t.strictSame(quotaOf(0.03), { quota: 1000, period: 33_334 });
});

test('both versions of the interface are written', async (t) => {
  const place = await folder(t);
  const text = (group: string, file: string): Promise<string> => readFile(join(place, group, file), 'utf8');
  const first = CpuGroup.make(join(place, 'one'), 1);
  first.limit(0.15);
  t.equal(await text('one', 'cpu.cfs_quota_us'), '1500');
  t.equal(await text('one', 'cpu.cfs_period_us'), '10000');
  first.lift();
  t.equal(await text('one', 'cpu.cfs_quota_us'), '-1');
  const second = CpuGroup.make(join(place, 'two'), 2);
  second.limit(0.15);
  t.equal(await text('two', 'cpu.max'), '1500 10000');
  second.lift();
  t.equal(await text('two', 'cpu.max'), 'max');
  t.ok(second.add(7));
  t.equal(await text('two', 'cgroup.procs'), '7');
});

test('times of being stopped are read in either unit', async (t) => {
  t.strictSame(parseThrottle('nr_periods 10\nnr_throttled 4\nthrottled_time 1500000000\n'), {
    periods: 10,
    throttled: 4,
    throttledSeconds: 1.5,
  });
  t.strictSame(parseThrottle('usage_usec 9\nnr_periods 10\nnr_throttled 4\nthrottled_usec 1500000\n'), {
    periods: 10,
    throttled: 4,
    throttledSeconds: 1.5,
  });
});

test('where no group can be made one message says what is missing', async (t) => {
  t.throws(() => CpuTree.make([]), { message: /no hierarchy with a CPU controller is mounted/ });
  t.throws(() => CpuTree.make([{ version: 1, folder: '/nowhere/at/all' }]), {
    message: /needs control groups that this user may write: run as root.*nowhere/,
  });
});
