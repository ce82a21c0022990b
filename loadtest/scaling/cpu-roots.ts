/** Where control groups for CPU may be made. Pure: texts of /proc in, folders out. */
import { join } from 'node:path';

/** A folder in which groups may be made, and the interface it speaks. */
export interface CpuRoot {
  version: 1 | 2;
  folder: string;
}

/** One line of mountinfo, as far as it matters. */
interface Mount {
  /** Which folder of the hierarchy is mounted. */
  root: string;
  point: string;
  type: string;
  options: string[];
}

/**
 * Folders to try, best first. Version 1: this process's own group, then the top. Version 2: the own group and those above it up
 * to the top, as a group with processes of its own can have no limited children (only the top may).
 * A machine with both has the CPU controller in version 1.
 */
export function cpuRoots(mountInfo: string, selfCgroup: string): CpuRoot[] {
  const mounts = mountInfo.split('\n').flatMap(parseMount);
  const first = mounts.find((mount) => mount.type === 'cgroup' && mount.options.includes('cpu'));
  if (first)
    return [...new Set([ownFolder(first, ownPath(selfCgroup, 'cpu')), first.point])].map((folder) => ({ version: 1, folder }));
  const second = mounts.find((mount) => mount.type === 'cgroup2');
  return second
    ? upwards(ownFolder(second, ownPath(selfCgroup, '')), second.point).map((folder) => ({ version: 2, folder }))
    : [];
}

/** `36 35 98:0 /root /mount/point rw shared:1 - cgroup cgroup rw,cpu`: see proc_pid_mountinfo(5). */
function parseMount(line: string): Mount[] {
  const [left = '', right = ''] = line.split(' - ');
  const [, , , root, point] = left.split(' ');
  const [type, , options = ''] = right.split(' ');
  return root && point && type ? [{ root, point, type, options: options.split(',') }] : [];
}

/** `9:cpu,cpuacct:/path` for a controller, `0::/path` for version 2. */
function ownPath(selfCgroup: string, controller: string): string {
  for (const line of selfCgroup.split('\n')) {
    const [, controllers = '-', path = '/'] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers.split(',').includes(controller)) return path;
  }
  return '/';
}

/** A container sees a part of the hierarchy: what lies outside of it has no folder here. */
function ownFolder({ root, point }: Mount, path: string): string {
  if (root === '/') return path.startsWith('/..') ? point : join(point, path).replace(/\/$/, '');
  return path === root || path.startsWith(`${root}/`) ? join(point, path.slice(root.length)).replace(/\/$/, '') : point;
}

function upwards(folder: string, top: string): string[] {
  return folder === top || !folder.startsWith(top) ? [folder] : [folder, ...upwards(join(folder, '..'), top)];
}
