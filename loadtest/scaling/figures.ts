/** Raw points → figures. Pure. */
import { ROUND_MEAN_EVENTS, ROUND_MEAN_MS } from '../mock/profile.js';
import { judge } from '../report/validity.js';
import type { PointPlan, PointReading, PointResult, ProcessReading, ScalingTarget, ThrottleCount } from './words.js';

/** Past these a point is no measurement of scaling. */
export const SCALING_LIMITS = {
  /** Least part of the allowed CPU that must have been used, and least part of periods in which something was stopped. */
  used: 0.9,
  throttled: 0.2,
  /** Most of the demand that may be met: a gateway that keeps up does not show what it could do. */
  met: 0.95,
  /** The bar. */
  efficiency: 0.95,
} as const;

/** One point. Rates are a second, CPU in cores (1 = one core), shares 0–1, times in milliseconds. */
export interface PointFigures {
  round: number;
  target: ScalingTarget;
  workers: number;
  users: number;
  rps: number;
  chunks: number;
  p95?: number;
  ttftP99?: number;
  /** Of all processes, of the first one (a cluster's primary), and the least and most of the others. */
  cpu: number;
  rootCpu: number;
  leastWorkerCpu: number;
  mostWorkerCpu: number;
  /** CPU used over CPU allowed. */
  used: number;
  /** Periods in which the whole or, on average, a member was stopped: the larger of the two. */
  throttledPeriods: number;
  /** Mean part of the time for which a member was stopped by its own limit; stops of the whole come on top. */
  throttledTime: number;
  rpsPerCpuPercent: number;
  cpuPerThousandChunks: number;
  /** Chunks that came over those that the users would get from the mock without a gateway. */
  demandMet?: number;
  machineIdle: number;
  /** Why the point must not be used for scaling; empty when it may. */
  faults: string[];
}

/** Figures of a point between its first and its last reading under load. */
export function figuresOfPoint({ plan, readings, run }: PointResult): PointFigures {
  const loaded = readings.filter((reading) => reading.phase === 'load' && reading.limited);
  const [first, last] = [loaded[0], loaded.at(-1)];
  if (!first || !last || last === first) return { ...nothing(plan), faults: ['interrupted before it was measured'] };
  const seconds = last.at - first.at;
  const rps = run.counts.steadyOk / (run.steadySeconds || 1);
  const chunks = (last.events - first.events) / seconds;
  const cpu = cpuFigures(first, last, plan);
  const throttle = throttleFigures(first, last);
  const machineIdle = (last.machine.idle - first.machine.idle) / (last.machine.total - first.machine.total || 1);
  const figures = {
    ...{ round: plan.round, target: plan.target, workers: plan.workers, users: plan.users, rps, chunks },
    ...{ p95: run.durations.latency?.p95, ttftP99: run.durations.ttft?.p99 },
    ...cpu,
    ...throttle,
    rpsPerCpuPercent: rps / (cpu.cpu * 100 || 1),
    cpuPerThousandChunks: (cpu.cpu * 1000) / (chunks || 1),
    demandMet: demandMet(chunks, plan.users, run.plan),
    machineIdle,
  };
  return { ...figures, faults: [...judge(run).invalid, ...faultsOf(figures)] };
}

function nothing({ round, target, workers, users }: PointPlan): Omit<PointFigures, 'faults'> {
  const cpu = { cpu: 0, rootCpu: 0, leastWorkerCpu: 0, mostWorkerCpu: 0, used: 0, cpuPerThousandChunks: 0, rpsPerCpuPercent: 0 };
  return { round, target, workers, users, rps: 0, chunks: 0, ...cpu, throttledPeriods: 0, throttledTime: 0, machineIdle: 0 };
}

function cpuFigures(first: PointReading, last: PointReading, plan: PointPlan) {
  const seconds = last.at - first.at;
  const spent = pairs(first, last).map(([from, to]) => ({
    isRoot: to.isRoot,
    cores: (to.cpuSeconds - from.cpuSeconds) / seconds,
  }));
  const workers = spent.filter((one) => !one.isRoot).map((one) => one.cores);
  const cpu = sum(spent.map((one) => one.cores));
  return {
    cpu,
    rootCpu: sum(spent.filter((one) => one.isRoot).map((one) => one.cores)),
    leastWorkerCpu: workers.length > 0 ? Math.min(...workers) : 0,
    mostWorkerCpu: workers.length > 0 ? Math.max(...workers) : 0,
    used: cpu / plan.total,
  };
}

function throttleFigures(first: PointReading, last: PointReading) {
  const seconds = last.at - first.at;
  const whole = between(first.all, last.all, seconds);
  // A cluster's primary is far below its limit: counting it would hide what the workers felt.
  const members = pairs(first, last).filter(([, to], _, all) => !to.isRoot || all.length === 1);
  const each = members.map(([from, to]) => between(from.throttle, to.throttle, seconds));
  const mean = (read: (one: Felt) => number): number => sum(each.map(read)) / (each.length || 1);
  return {
    throttledPeriods: Math.max(
      whole.periods,
      mean((one) => one.periods),
    ),
    throttledTime: mean((one) => one.time),
  };
}

/** Parts of periods and of time in which a group was stopped. */
interface Felt {
  periods: number;
  time: number;
}

function between(from: ThrottleCount, to: ThrottleCount, seconds: number): Felt {
  const periods = to.periods - from.periods;
  return {
    periods: periods > 0 ? (to.throttled - from.throttled) / periods : 0,
    time: (to.throttledSeconds - from.throttledSeconds) / seconds,
  };
}

/** Processes that lived over the whole window. */
function pairs(first: PointReading, last: PointReading): [ProcessReading, ProcessReading][] {
  return last.processes.flatMap((to): [ProcessReading, ProcessReading][] => {
    const from = first.processes.find((one) => one.pid === to.pid);
    return from ? [[from, to]] : [];
  });
}

/** Known for the round's streams only. */
function demandMet(
  chunks: number,
  users: number,
  { model, timeScale }: { model: string; timeScale: number },
): number | undefined {
  const wanted = (users * ROUND_MEAN_EVENTS * 1000) / (ROUND_MEAN_MS * timeScale);
  return model === 'mock-round' ? chunks / wanted : undefined;
}

function faultsOf(point: Pick<PointFigures, 'used' | 'throttledPeriods' | 'demandMet' | 'machineIdle'>): string[] {
  const faults: string[] = [];
  if (point.used < SCALING_LIMITS.used || point.throttledPeriods < SCALING_LIMITS.throttled)
    faults.push(
      `the limit did not bind: ${percent(point.used)} of the allowed CPU used, stopped in ${percent(point.throttledPeriods)} of periods, machine ${percent(point.machineIdle)} idle`,
    );
  if ((point.demandMet ?? 0) > SCALING_LIMITS.met)
    faults.push(
      `not saturated: ${percent(point.demandMet ?? 0)} of the demand was met; more --vus or a smaller --time-scale ask for more`,
    );
  return faults;
}

/** How throughput follows the number of workers, against the first point of the same target. */
export interface Scaling {
  target: ScalingTarget;
  workers: number;
  /** chunks/s(k) over k/base × chunks/s(base), and the same of requests. */
  efficiency: number;
  rpsEfficiency: number;
  /** What it is made of: CPU got over the ideal, and CPU-seconds a chunk at the base over those here. */
  cpuPart: number;
  costPart: number;
}

/** One entry for each sound point past a sound first one of its target; a single process cannot scale and has none. */
export function scalingOf(points: readonly PointFigures[]): Scaling[] {
  return points.flatMap((point) => {
    const base = points.find((one) => one.target === point.target);
    if (!base || base === point || point.target === 'single') return [];
    if (base.faults.length > 0 || point.faults.length > 0) return [];
    const times = point.workers / base.workers;
    return {
      ...{ target: point.target, workers: point.workers },
      efficiency: point.chunks / (times * base.chunks),
      rpsEfficiency: point.rps / (times * base.rps),
      cpuPart: point.cpu / (times * base.cpu),
      costPart: base.cpuPerThousandChunks / point.cpuPerThousandChunks,
    };
  });
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
