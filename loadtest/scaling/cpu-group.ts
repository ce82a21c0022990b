/** One control group with a CPU limit. All calls are synchronous: the kernel answers at once, and an exit handler may use them. */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CpuRoot } from './cpu-roots.js';
import type { ThrottleCount } from './words.js';

/**
 * The kernel hands out a group's time once a period. In its usual 100 ms a process on 15 % of a core stands still for 85 ms, and that
 * pause is then in every latency; with 10 ms a busy loop stood still for 12 ms at p50 and 35 ms at p99, where 100 ms gave 88 at p99
 * (Linux 6.18 at 250 Hz, 5 s each: the tick of 4 ms is what notices that the time is used up, so shorter periods gain nothing).
 */
const PERIOD_US = 10_000;
/** The kernel refuses less. */
const LEAST_QUOTA_US = 1_000;

/** A dying process is in its group until the kernel has taken it apart: a second is plenty. */
const REMOVE_TRIES = 50;
const REMOVE_PAUSE_MS = 20;

/** Limit in microseconds of CPU a period. */
export interface Quota {
  quota: number;
  period: number;
}

/** A share of cores (0.15 = 15 % of one) as the kernel wants it; the period grows where the quota would be below the kernel's least. */
export function quotaOf(cores: number): Quota {
  const period = Math.max(PERIOD_US, Math.ceil(LEAST_QUOTA_US / cores));
  return { quota: Math.round(cores * period), period };
}

export class CpuGroup {
  readonly folder: string;
  readonly #version: CpuRoot['version'];

  private constructor(folder: string, version: CpuRoot['version']) {
    this.folder = folder;
    this.#version = version;
  }

  /** Makes the group; throws what the file system says. */
  static make(folder: string, version: CpuRoot['version']): CpuGroup {
    mkdirSync(folder);
    return new CpuGroup(folder, version);
  }

  /** A group that is there already. */
  static at(folder: string, version: CpuRoot['version']): CpuGroup {
    return new CpuGroup(folder, version);
  }

  /** Moves a process with all its threads here; false when it is gone. */
  add(pid: number): boolean {
    try {
      this.#write('cgroup.procs', String(pid));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
      throw error;
    }
  }

  /** At most so many cores' time from now on. */
  limit(cores: number): void {
    const { quota, period } = quotaOf(cores);
    if (this.#version === 2) return this.#write('cpu.max', `${quota} ${period}`);
    this.#write('cpu.cfs_period_us', String(period));
    this.#write('cpu.cfs_quota_us', String(quota));
  }

  /** No limit. */
  lift(): void {
    if (this.#version === 2) this.#write('cpu.max', 'max');
    else this.#write('cpu.cfs_quota_us', '-1');
  }

  throttle(): ThrottleCount {
    return parseThrottle(readFileSync(join(this.folder, 'cpu.stat'), 'utf8'));
  }

  /** Version 2 only: groups below may have limits. */
  allowLimitsBelow(): void {
    if (this.#version === 2) this.#write('cgroup.subtree_control', '+cpu');
  }

  /** What still runs here goes to another group, as a group with processes cannot be removed; one that is just dying is waited for. */
  remove(refuge: CpuGroup): void {
    for (let left = REMOVE_TRIES; ; left--) {
      for (const pid of this.#members()) refuge.add(pid);
      try {
        return rmdirSync(this.folder);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || left === 0) throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, REMOVE_PAUSE_MS);
      }
    }
  }

  #members(): number[] {
    const text = readFileSync(join(this.folder, 'cgroup.procs'), 'utf8');
    return text.split('\n').filter(Boolean).map(Number);
  }

  #write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }
}

/** `cpu.stat` of either version: nanoseconds in `throttled_time`, microseconds in `throttled_usec`. */
export function parseThrottle(text: string): ThrottleCount {
  const value = (name: string): number => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
  const throttledSeconds = value('throttled_time') / 1e9 + value('throttled_usec') / 1e6;
  return { periods: value('nr_periods'), throttled: value('nr_throttled'), throttledSeconds };
}
