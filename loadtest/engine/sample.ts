import { performance } from 'node:perf_hooks';
import type { GroupSample } from '../result.js';
import { processTree, readListenOverflows, readProcess, readSteal } from './proc.js';

const SHORTEST_RATE_SECONDS = 0.5;

export type GroupName = 'gateway' | 'mock' | 'generator';

/** What the machine and the process groups did since the last sample. */
export interface MachineSample {
  gateway?: GroupSample;
  mock?: GroupSample;
  generator?: GroupSample;
  stealPercent: number;
  listenOverflows: number;
}

/** Reads process groups once a second or whenever asked; each group is the trees of some root processes. */
export class Sampler {
  readonly #groups = new Map<GroupName, Group>();
  readonly #firstOverflows = readListenOverflows();
  #steal = readSteal();

  constructor(roots: Readonly<Partial<Record<GroupName, readonly number[]>>>) {
    for (const [name, pids] of Object.entries(roots) as [GroupName, readonly number[]][]) {
      if (pids.length > 0) this.#groups.set(name, new Group(pids, name === 'gateway'));
    }
  }

  sample(): MachineSample {
    const steal = readSteal();
    const total = steal.total - this.#steal.total;
    const stealPercent = total > 0 ? (100 * (steal.steal - this.#steal.steal)) / total : 0;
    this.#steal = steal;
    const result: MachineSample = { stealPercent, listenOverflows: readListenOverflows() - this.#firstOverflows };
    for (const [name, group] of this.#groups) result[name] = group.sample();
    return result;
  }
}

/** Sums over process trees. CPU is added up per process, so that a worker that dies takes nothing back. */
class Group {
  readonly #roots: readonly number[];
  #cpuOf = new Map<number, number>();
  #cpuSeconds = 0;
  /** Where the last rate was taken: CPU-seconds then, and when. */
  #mark = { cpuSeconds: 0, at: performance.now() };
  #cpuPercent = 0;
  #isFirst = true;
  readonly #tellsEach: boolean;
  /** CPU-seconds of each process at the mark, and its rate since the one before. */
  #cpuAtMark = new Map<number, number>();
  #percentOf = new Map<number, number>();

  constructor(roots: readonly number[], tellsEach: boolean) {
    this.#roots = roots;
    this.#tellsEach = tellsEach;
  }

  sample(): GroupSample {
    const sum: GroupSample = { cpuPercent: 0, cpuSeconds: 0, rss: 0, pss: 0, fds: 0, threads: 0, processes: 0 };
    const seen = new Map<number, number>();
    if (this.#tellsEach) sum.each = [];
    for (const pid of this.#roots.flatMap(processTree)) this.#add(pid, sum, seen);
    this.#cpuOf = seen;
    this.#isFirst = false;
    Object.assign(sum, { cpuPercent: this.#rate(), cpuSeconds: this.#cpuSeconds });
    for (const one of sum.each ?? []) one.cpuPercent = this.#percentOf.get(one.pid) ?? 0;
    return sum;
  }

  /** CPU time comes in ticks of 10 ms: over a few milliseconds one tick would look like a peak, so the last rate stands. */
  #rate(): number {
    const now = performance.now();
    const seconds = (now - this.#mark.at) / 1000;
    if (seconds < SHORTEST_RATE_SECONDS) return this.#cpuPercent;
    this.#cpuPercent = (100 * (this.#cpuSeconds - this.#mark.cpuSeconds)) / seconds;
    this.#mark = { cpuSeconds: this.#cpuSeconds, at: now };
    const percentOf = ([pid, cpu]: [number, number]): [number, number] => [
      pid,
      (100 * (cpu - (this.#cpuAtMark.get(pid) ?? cpu))) / seconds,
    ];
    this.#percentOf = new Map([...this.#cpuOf].map(percentOf));
    this.#cpuAtMark = this.#cpuOf;
    return this.#cpuPercent;
  }

  #add(pid: number, sum: GroupSample, seen: Map<number, number>): void {
    const reading = readProcess(pid);
    if (!reading) return;
    // What a process did before the first sample is not the run's; one that appears later is the run's from its start.
    const base = this.#cpuOf.get(pid) ?? (this.#isFirst ? reading.cpuSeconds : 0);
    this.#cpuSeconds += reading.cpuSeconds - base;
    seen.set(pid, reading.cpuSeconds);
    sum.rss += reading.rss;
    sum.pss += reading.pss;
    sum.fds += reading.fds;
    sum.threads += reading.threads;
    sum.processes++;
    sum.each?.push({ pid, cpuPercent: 0, pss: reading.pss });
  }
}
