import { performance } from 'node:perf_hooks';
import { readCpuSeconds } from '../engine/proc.js';

/** CPU of some processes, opened at a window's beginning. A process that appears later counts from its start; one that leaves takes its time with it. */
export class CpuWindow {
  readonly #pids: () => number[];
  readonly #before: Map<number, number>;
  readonly #openedAt = performance.now();

  constructor(pids: () => number[]) {
    this.#pids = pids;
    this.#before = readAll(pids());
  }

  /** CPU of the processes since the opening over the time that went by: 1 = one core. */
  close(): number {
    const seconds = (performance.now() - this.#openedAt) / 1000;
    let cpuSeconds = 0;
    for (const [pid, now] of readAll(this.#pids())) cpuSeconds += now - (this.#before.get(pid) ?? 0);
    return cpuSeconds / seconds;
  }
}

function readAll(pids: readonly number[]): Map<number, number> {
  return new Map(pids.map((pid) => [pid, readCpuSeconds(pid) ?? 0]));
}
