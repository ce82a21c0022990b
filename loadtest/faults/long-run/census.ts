/** What a gateway's processes hold, read from outside: memory, descriptors, sockets; and how that moves over time. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { GatewayProcess } from '../gateway-process.js';

const MB = 1024 * 1024;

export interface ProcessCensus {
  readonly pid: number;
  /** Proportional share and resident memory, MB. */
  readonly pss: number;
  readonly rss: number;
  readonly descriptors: number;
  readonly sockets: number;
}

export interface Census {
  /** Milliseconds, `performance.now()`. */
  readonly at: number;
  /** The primary first. */
  readonly processes: readonly ProcessCensus[];
  /** Over all processes, MB, as they say themselves. */
  readonly heap: number;
  readonly heapTotal: number;
  readonly external: number;
}

export async function takeCensus(gateway: GatewayProcess): Promise<Census> {
  const [heap, heapTotal, external] = await Promise.all(
    ['nodejs_heap_size_used_bytes', 'nodejs_heap_size_total_bytes', 'nodejs_external_memory_bytes'].map((name) =>
      gateway.metric(name),
    ),
  );
  const processes = [gateway.pid, ...gateway.workers()].map(censusOf);
  return {
    at: performance.now(),
    processes,
    heap: (heap ?? 0) / MB,
    heapTotal: (heapTotal ?? 0) / MB,
    external: (external ?? 0) / MB,
  };
}

function censusOf(pid: number): ProcessCensus {
  const rollup = read(`/proc/${pid}/smaps_rollup`);
  const open = descriptorsOf(pid);
  return {
    pid,
    pss: kilobytes(rollup, 'Pss') / 1024,
    rss: kilobytes(rollup, 'Rss') / 1024,
    descriptors: open.length,
    sockets: open.filter((link) => link.startsWith('socket:')).length,
  };
}

function descriptorsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((name) => linkOf(`/proc/${pid}/fd/${name}`));
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function kilobytes(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

export function sum({ processes }: Census, of: 'pss' | 'rss' | 'descriptors' | 'sockets'): number {
  return processes.reduce((total, each) => total + each[of], 0);
}

/** One line for people. */
export function tellCensus(census: Census): string {
  const shares = census.processes.map(({ pss }) => Math.round(pss)).join('+');
  const told = [
    `PSS ${Math.round(sum(census, 'pss'))} MB (${shares})`,
    `RSS ${Math.round(sum(census, 'rss'))}`,
    `heap ${Math.round(census.heap)}/${Math.round(census.heapTotal)}`,
    `external ${Math.round(census.external)}`,
    `sockets ${sum(census, 'sockets')}`,
    `descriptors ${sum(census, 'descriptors')}`,
  ];
  return told.join(', ');
}

/** Least squares over points of [hours, value]: units an hour. 0 for fewer than three points. */
export function slope(points: readonly (readonly [number, number])[]): number {
  if (points.length < 3) return 0;
  const meanX = points.reduce((total, [x]) => total + x, 0) / points.length;
  const meanY = points.reduce((total, [, y]) => total + y, 0) / points.length;
  const spread = points.reduce((total, [x]) => total + (x - meanX) ** 2, 0);
  return spread === 0 ? 0 : points.reduce((total, [x, y]) => total + (x - meanX) * (y - meanY), 0) / spread;
}

/** Memory of each process that lived through the last half of the run: MB an hour after the first quarter of its life. */
export function memorySlopes(series: readonly Census[]): { pid: number; slope: number }[] {
  const last = series.at(-1);
  const middle = series[Math.floor(series.length / 2)];
  if (!last || !middle) return [];
  const old = last.processes.filter(({ pid }) => middle.processes.some((other) => other.pid === pid));
  return old.map(({ pid }) => {
    const points = series.flatMap(({ at, processes }) => {
      const own = processes.find((each) => each.pid === pid);
      return own ? [[at / 3_600_000, own.pss] as const] : [];
    });
    return { pid, slope: slope(points.slice(Math.floor(points.length / 4))) };
  });
}

export type Growth = Omit<ProcessCensus, 'rss'>;

/**
 * What each process that lived through the last two thirds of the run holds more of in its last third than in the third before:
 * of medians, so that the moment of one census says nothing.
 */
export function growths(series: readonly Census[]): Growth[] {
  const third = Math.floor(series.length / 3);
  const [middle, last] = [series.slice(third, 2 * third), series.slice(-third)];
  const old = last.at(-1)?.processes.filter(({ pid }) => middle[0]?.processes.some((other) => other.pid === pid)) ?? [];
  return old.map(({ pid }) => {
    const more = (of: 'pss' | 'descriptors' | 'sockets') => median(last, pid, of) - median(middle, pid, of);
    return { pid, pss: more('pss'), descriptors: more('descriptors'), sockets: more('sockets') };
  });
}

function median(series: readonly Census[], pid: number, of: 'pss' | 'descriptors' | 'sockets'): number {
  const values = series.flatMap(({ processes }) => processes.filter((each) => each.pid === pid).map((each) => each[of]));
  return middle(values);
}

/** The upper one of the two in the middle; 0 of none. */
export function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
