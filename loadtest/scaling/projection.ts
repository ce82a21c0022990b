/** What the measured CPU per chunk would mean on more cores. Arithmetic on paper: nothing of it was measured. Pure. */
import type { PointFigures } from './figures.js';
import type { ScalingTarget } from './words.js';

export const PROJECTED_CORES = [8, 16, 64] as const;

/** CPU-seconds per 1,000 chunks, as measured. */
export interface Costs {
  /** Work that any core can do. */
  parallel: number;
  /** Work of the one primary: accepting connections, new sessions' credentials, statistics. */
  serial: number;
  /** Chunks a request, to give requests too. */
  chunksPerRequest: number;
}

export interface Projected {
  cores: number;
  target: ScalingTarget;
  chunks: number;
  rps: number;
  /** Busy part of the primary's core; 1 = it is what limits. */
  serialCore: number;
}

/** Costs of a target, from its point with the most workers of those with nothing against them. Undefined when there is none. */
export function costsOf(points: readonly PointFigures[], target: ScalingTarget): Costs | undefined {
  const last = points.filter((point) => point.target === target && point.faults.length === 0 && point.chunks > 0).at(-1);
  if (!last) return undefined;
  // Only a cluster's first process does what its others cannot.
  const serialCpu = target === 'cluster' ? last.rootCpu : 0;
  const per = (cores: number): number => (cores * 1000) / last.chunks;
  return { parallel: per(last.cpu - serialCpu), serial: per(serialCpu), chunksPerRequest: last.chunks / (last.rps || 1) };
}

/**
 * All cores busy: chunks/s = cores / (parallel + serial), and no more than the primary's one core allows: 1 / serial.
 * A single process has one core however many there are.
 */
export function project(costs: Costs, target: ScalingTarget, cores: number): Projected {
  const usable = target === 'single' ? 1 : cores;
  const byAll = usable / (costs.parallel + costs.serial);
  const byPrimary = costs.serial > 0 ? 1 / costs.serial : Number.POSITIVE_INFINITY;
  const thousands = Math.min(byAll, byPrimary);
  return {
    cores,
    target,
    chunks: thousands * 1000,
    rps: (thousands * 1000) / costs.chunksPerRequest,
    serialCore: thousands * costs.serial,
  };
}

/** Cores from which on the primary would be what limits; infinite without serial work. */
export function coresUntilSerial({ parallel, serial }: Costs): number {
  return serial > 0 ? (parallel + serial) / serial : Number.POSITIVE_INFINITY;
}
