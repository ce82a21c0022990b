/** The words of the scaling proof: what it plans, reads and reports, as plain data. Types only. */
import type { Environment, Phase, RunResult } from '../result.js';

/** What is held to a CPU share: primary and workers, the same gateway in one process, the Go yardstick. */
export type ScalingTarget = 'cluster' | 'single' | 'go';

/** What was asked for, after defaults. Shares are of one core, 0–1; times in seconds. */
export interface ScalingPlan {
  /** Cores of the machine that is emulated: `users` belong to this many. */
  cores: number;
  askedShare: number;
  /** What each worker gets: less than asked for where the machine has no room for the most workers at that. */
  share: number;
  /** Worker counts, rising. */
  curve: number[];
  /** How often the whole curve is measured. */
  rounds: number;
  /** Simulated users at `cores` workers; other points get as many for each worker. */
  users: number;
  timeScale: number;
  /** Load without limits, so that code is compiled and connections stand before the limits come. */
  freeSeconds: number;
  /** Load under the limits before anything counts. */
  settleSeconds: number;
  durationSeconds: number;
}

/** One measurement: a target on k emulated cores. */
export interface PointPlan {
  /** From 1 on. */
  round: number;
  target: ScalingTarget;
  workers: number;
  users: number;
  /** CPU for all its processes together, in cores: k shares, one for a single process. */
  total: number;
  /** Most CPU for one process, in cores. */
  each: number;
}

/** Counters of a control group since it was made. */
export interface ThrottleCount {
  periods: number;
  /** Periods in which the group was stopped. */
  throttled: number;
  /** Time for which it was stopped, summed over CPUs. */
  throttledSeconds: number;
}

/** One process under limits at one moment. */
export interface ProcessReading {
  pid: number;
  isRoot: boolean;
  /** Since its start. */
  cpuSeconds: number;
  throttle: ThrottleCount;
}

/** All of a point's processes at one moment, taken beside a `Sample`. */
export interface PointReading {
  /** Seconds of a monotonic clock. */
  at: number;
  phase: Phase;
  limited: boolean;
  /** Counters of the group that holds all processes. */
  all: ThrottleCount;
  processes: ProcessReading[];
  /** The machine's ticks since boot. */
  machine: { idle: number; total: number };
  /** SSE events that the generators had received. */
  events: number;
}

/** One point, raw: figures are computed from this. */
export interface PointResult {
  plan: PointPlan;
  readings: PointReading[];
  run: RunResult;
}

/** `scaling.json`. */
export interface ScalingRecord {
  schemaVersion: 1;
  kind: 'scaling';
  environment: Environment;
  plan: ScalingPlan;
  points: PointResult[];
  /** Why a curve is missing. */
  missing: string[];
}
