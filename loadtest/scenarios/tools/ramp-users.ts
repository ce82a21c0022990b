/** Users that become more and more, then stay; each asks, thinks, and asks again. What they saw is kept by windows. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../../bars/statistics.js';
import { type Random, seededRandom } from '../../engine/random.js';
import { Caller, type CallRequest, type CallResult } from './caller.js';
import { times } from './figures.js';
import type { RampWindow } from './turn.js';

export interface RampWish {
  readonly origin: string;
  readonly users: number;
  readonly rampSeconds: number;
  readonly holdSeconds: number;
  readonly windowSeconds: number;
  /** Think time from..to, milliseconds. */
  readonly thinkMs: readonly [number, number];
  readonly seed: number;
  /** A new user comes anew each time: on a connection of its own. A returning one keeps it. */
  readonly isNew: boolean;
  readonly interrupt: AbortSignal;
  /** The n-th request of a user. */
  request(user: number, turn: number): CallRequest;
}

/** A window, where it lies (seconds since the begin), and how busy this process was in it, 0–1. */
export interface SeenWindow extends RampWindow {
  readonly at: number;
  readonly elu: number;
}

export interface Ramped {
  readonly ramp: readonly SeenWindow[];
  readonly hold: readonly SeenWindow[];
  readonly results: readonly CallResult[];
}

export async function rampUsers(wish: RampWish): Promise<Ramped> {
  return new Ramp(wish).run();
}

class Ramp {
  readonly #wish: RampWish;
  readonly #began = performance.now();
  readonly #results: CallResult[] = [];
  readonly #windows: SeenWindow[] = [];
  #users = 0;
  #taken = 0;
  #elu = performance.eventLoopUtilization();

  constructor(wish: RampWish) {
    this.#wish = wish;
  }

  async run(): Promise<Ramped> {
    const { users, rampSeconds, holdSeconds, windowSeconds } = this.#wish;
    const lives: Promise<void>[] = [];
    let next = windowSeconds;
    while (this.#goes) {
      const due = Math.min(users, Math.ceil((users * this.#seconds) / rampSeconds));
      while (lives.length < due) lives.push(this.#live(lives.length));
      this.#users = lives.length;
      await sleep(20);
      if (this.#seconds >= next) this.#close(next);
      if (this.#seconds >= next) next += windowSeconds;
    }
    await Promise.all(lives);
    const isRamp = ({ at }: SeenWindow): boolean => at <= rampSeconds + windowSeconds / 2;
    const windows = this.#windows.filter(({ at }) => at <= rampSeconds + holdSeconds);
    return { ramp: windows.filter(isRamp), hold: windows.filter((one) => !isRamp(one)), results: this.#results };
  }

  get #seconds(): number {
    return (performance.now() - this.#began) / 1000;
  }

  get #goes(): boolean {
    const { rampSeconds, holdSeconds, interrupt } = this.#wish;
    return this.#seconds < rampSeconds + holdSeconds && !interrupt.aborted;
  }

  async #live(user: number): Promise<void> {
    const { origin, isNew, request, seed } = this.#wish;
    const random = seededRandom(seed * 1_000_003 + user);
    let caller = new Caller(origin);
    for (let turn = 0; this.#goes; turn++) {
      this.#results.push(await caller.call(request(user, turn)));
      if (isNew) caller.close();
      if (isNew) caller = new Caller(origin);
      await sleep(this.#think(random));
    }
    caller.close();
  }

  #think(random: Random): number {
    const [from, to] = this.#wish.thinkMs;
    return from + random() * (to - from);
  }

  /** What ended since the last window is this one's. */
  #close(at: number): void {
    const fresh = this.#results.slice(this.#taken);
    this.#taken = this.#results.length;
    const good = times(fresh);
    const before = this.#elu;
    this.#elu = performance.eventLoopUtilization();
    this.#windows.push({
      ...{ at, users: this.#users, failed: fresh.length - good.length },
      perSecond: good.length / this.#wish.windowSeconds,
      p95: quantile(good, 0.95),
      elu: performance.eventLoopUtilization(this.#elu, before).utilization,
    });
  }
}
