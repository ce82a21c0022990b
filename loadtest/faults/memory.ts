/** Resident memory of processes while something happens to them, from /proc. Bytes. */
import { readdirSync, readFileSync } from 'node:fs';

const SAMPLE_MS = 50;

export interface MemoryWatch {
  /** Bytes by which the sum of all has been above the first look, at most so far. */
  peakGrowth(): number;
  /** Ends the watch; the peak. */
  stop(): number;
}

export function memoryOf(pids: readonly number[]): MemoryWatch {
  const sum = (): number => pids.reduce((total, pid) => total + residentOf(pid), 0);
  const base = sum();
  let peak = base;
  const look = (): number => {
    peak = Math.max(peak, sum());
    return peak - base;
  };
  const timer = setInterval(look, SAMPLE_MS);
  return {
    peakGrowth: look,
    stop: () => {
      clearInterval(timer);
      return look();
    },
  };
}

/** 0 for one that is gone. */
export function residentOf(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Open descriptors of a process; 0 for one that is gone. */
export function descriptorsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}
