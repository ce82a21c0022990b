/** The processes of a target while a scenario runs: CPU, memory, descriptors, as a series and as its extremes. */
import { cpus } from 'node:os';
import { performance } from 'node:perf_hooks';
import { readSteal } from '../../engine/proc.js';
import { Sampler } from '../../engine/sample.js';
import type { GroupSample } from '../../result.js';

const MB = 2 ** 20;
const SAMPLE_MS = 500;

/** One moment; `at` in seconds since the watch began. */
export interface Seen extends GroupSample {
  readonly at: number;
}

export class Watch {
  readonly seen: Seen[] = [];
  /** How busy the whole machine was between two samples, percent. */
  readonly machine: { readonly at: number; readonly busyPercent: number }[] = [];
  readonly cores = cpus().length;
  readonly #sampler: Sampler;
  readonly #began = performance.now();
  readonly #timer: NodeJS.Timeout;
  #ticks = readSteal();

  /** `roots`: the processes whose trees are watched. */
  constructor(roots: readonly number[]) {
    this.#sampler = new Sampler({ gateway: roots });
    this.look();
    this.#timer = setInterval(() => {
      this.look();
      this.#lookAtMachine();
    }, SAMPLE_MS);
  }

  /** Seconds since the watch began. */
  get now(): number {
    return (performance.now() - this.#began) / 1000;
  }

  /** Takes a sample now. */
  look(): Seen {
    const { gateway } = this.#sampler.sample();
    const none = { cpuPercent: 0, cpuSeconds: 0, rss: 0, pss: 0, fds: 0, threads: 0, processes: 0 };
    const seen = { ...(gateway ?? none), at: this.now };
    this.seen.push(seen);
    return seen;
  }

  #lookAtMachine(): void {
    const now = readSteal();
    const [total, idle] = [now.total - this.#ticks.total, now.idle - this.#ticks.idle];
    this.#ticks = now;
    if (total > 0) this.machine.push({ at: this.now, busyPercent: 100 * (1 - idle / total) });
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Of those between two moments, seconds. */
  between(from: number, to: number): Seen[] {
    return this.seen.filter(({ at }) => at >= from && at <= to);
  }

  /** Percent of one core between two samples. */
  static cpuPercent(from: Seen, to: Seen): number {
    return to.at > from.at ? (100 * (to.cpuSeconds - from.cpuSeconds)) / (to.at - from.at) : 0;
  }
}

/** Proportional share of memory, MB. */
export function pssMb({ pss }: GroupSample): number {
  return pss / MB;
}

export function peak(seen: readonly Seen[], read: (one: Seen) => number): number {
  return seen.reduce((most, one) => Math.max(most, read(one)), 0);
}

/** A line of a chart. */
export function pointsOf(seen: readonly Seen[], read: (one: Seen) => number): [number, number][] {
  return seen.map((one) => [one.at, read(one)]);
}
