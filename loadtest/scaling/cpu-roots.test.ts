import { test } from 'tap';
import { cpuRoots } from './cpu-roots.js';

const V1 = [
  '30 25 0:26 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct',
  '31 25 0:27 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory',
  '32 25 0:28 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw',
].join('\n');
const V2 = '30 25 0:26 / /sys/fs/cgroup rw,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate';

test('version 1: the own group of the CPU controller, then the top', async (t) => {
  t.strictSame(cpuRoots(V1, '9:memory:/elsewhere\n4:cpu,cpuacct:/jobs/one\n0::/'), [
    { version: 1, folder: '/sys/fs/cgroup/cpu,cpuacct/jobs/one' },
    { version: 1, folder: '/sys/fs/cgroup/cpu,cpuacct' },
  ]);
  t.strictSame(cpuRoots(V1, '4:cpu,cpuacct:/\n0::/'), [{ version: 1, folder: '/sys/fs/cgroup/cpu,cpuacct' }]);
});

test('version 2: the own group, then each above it up to the top', async (t) => {
  t.strictSame(
    cpuRoots(V2, '0::/user.slice/session-1.scope').map((root) => root.folder),
    ['/sys/fs/cgroup/user.slice/session-1.scope', '/sys/fs/cgroup/user.slice', '/sys/fs/cgroup'],
  );
});

test('in a container the part of the hierarchy that is mounted counts', async (t) => {
  const mount = '30 25 0:26 /docker/abc /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu';
  t.equal(cpuRoots(mount, '4:cpu:/docker/abc/job')[0]?.folder, '/sys/fs/cgroup/cpu/job');
  t.equal(cpuRoots(mount, '4:cpu:/docker/abcdef')[0]?.folder, '/sys/fs/cgroup/cpu', 'a name that begins alike is another group');
  t.equal(cpuRoots(V2, '0::/../../outside')[0]?.folder, '/sys/fs/cgroup');
});

test('no hierarchy, no folder', async (t) => {
  t.strictSame(cpuRoots('', ''), []);
  t.strictSame(cpuRoots('31 25 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory', '3:memory:/'), []);
});
