/** Reads of Linux's /proc. All are synchronous: procfs never waits for a disk. Each gives undefined when the process is gone. */
import { readdirSync, readFileSync } from 'node:fs';

/** One process at one moment; memory in bytes. */
export interface ProcessReading {
  /** User and system time since its start, seconds. */
  cpuSeconds: number;
  rss: number;
  pss: number;
  fds: number;
  threads: number;
}

/** USER_HZ is 100 in every Linux ABI that Node runs on. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

export function readProcess(pid: number): ProcessReading | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const field = statFields(stat);
  const rollup = read(`/proc/${pid}/smaps_rollup`) ?? '';
  const rss = kilobytes(rollup, 'Rss') ?? field(24) * PAGE_BYTES;
  return {
    cpuSeconds: cpuSecondsOf(field),
    rss,
    pss: kilobytes(rollup, 'Pss') ?? rss,
    fds: countFds(pid),
    threads: field(20),
  };
}

/** User and system time of all the process's threads since its start, seconds; one small read, where `readProcess` walks its memory. */
export function readCpuSeconds(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : cpuSecondsOf(statFields(stat));
}

/** The process and all that it started, as far as they live. */
export function processTree(pid: number): number[] {
  const tree = [pid];
  for (const member of tree) tree.push(...childrenOf(member));
  return tree;
}

/** Time that the host gave to other machines, time that nobody wanted, and all time, in ticks since boot. */
export function readSteal(): { steal: number; idle: number; total: number } {
  const line = (read('/proc/stat') ?? '').split('\n', 1)[0] ?? '';
  // user nice system idle iowait irq softirq steal; guest time is in user already.
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  return { steal: ticks[7] ?? 0, idle: ticks[3] ?? 0, total: ticks.reduce((sum, tick) => sum + tick, 0) };
}

/** Connections dropped since boot because an accept queue was full; 0 where the kernel does not say. */
export function readListenOverflows(): number {
  const lines = (read('/proc/net/netstat') ?? '').split('\n').filter((line) => line.startsWith('TcpExt:'));
  const column = lines[0]?.split(' ').indexOf('ListenOverflows') ?? -1;
  return column < 0 ? 0 : Number(lines[1]?.split(' ')[column] ?? 0);
}

/** Fields by their number in proc(5). They are counted behind the name, which may hold spaces and brackets itself; the first there is field 3. */
function statFields(stat: string): (number: number) => number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (number) => Number(fields[number - 3]);
}

function cpuSecondsOf(field: (number: number) => number): number {
  return (field(14) + field(15)) / TICKS_PER_SECOND;
}

function childrenOf(pid: number): number[] {
  return list(`/proc/${pid}/task`).flatMap((thread) =>
    (read(`/proc/${pid}/task/${thread}/children`) ?? '').split(' ').filter(Boolean).map(Number),
  );
}

function countFds(pid: number): number {
  return list(`/proc/${pid}/fd`).length;
}

function kilobytes(text: string, name: string): number | undefined {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text);
  return match ? Number(match[1]) * 1024 : undefined;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
