/** Where a ramp turns: the first place from which on errors come, latency leaves its level, or more users bring nothing more. Pure. */
import { median } from '../../bars/statistics.js';

/** One window of a ramp, in the order of time; users grow. */
export interface RampWindow {
  readonly users: number;
  /** Good answers a second. */
  readonly perSecond: number;
  /** Milliseconds; NaN when nothing was answered. */
  readonly p95: number;
  readonly failed: number;
}

export interface Knee {
  /** Users up to which all was well, and from which on it was not; a band, as one window is an accident. */
  readonly from: number;
  readonly to: number;
  /** Good answers a second of the best window below it. */
  readonly stableRate: number;
  readonly why: 'errors' | 'latency' | 'throughput' | 'not reached';
}

/** Windows that say what is normal: the first third, two at least. */
const BASE_SHARE = 1 / 3;
/** Latency has turned when it is so many times the normal and so many milliseconds above: noise of an idle machine is neither. */
const LATENCY = { times: 3, above: 30 };
/** Throughput is flat when so much more users bring less than so much more answers. */
const FLAT = { users: 1.4, gain: 1.1 };
/** Windows in a row that must say so. */
const LASTING = 2;

export function findKnee(windows: readonly RampWindow[]): Knee {
  const base = median(windows.slice(0, Math.max(2, Math.floor(windows.length * BASE_SHARE))).map(({ p95 }) => p95));
  const reasons = windows.map((_, index) => whySick(windows, index, base));
  const at = reasons.findIndex((reason, index) => reason !== undefined && lasts(reasons, index));
  const well = at === -1 ? windows : windows.slice(0, at);
  const stableRate = Math.max(0, ...well.map(({ perSecond }) => perSecond));
  const last = windows.at(-1)?.users ?? 0;
  if (at === -1) return { from: last, to: last, stableRate, why: 'not reached' };
  const to = windows[Math.min(windows.length - 1, at + LASTING - 1)]?.users ?? last;
  return { from: windows[at - 1]?.users ?? 0, to, stableRate, why: reasons[at] ?? 'latency' };
}

function lasts(reasons: readonly unknown[], index: number): boolean {
  return reasons.slice(index, index + LASTING).filter((reason) => reason !== undefined).length === LASTING;
}

function whySick(windows: readonly RampWindow[], index: number, base: number): Exclude<Knee['why'], 'not reached'> | undefined {
  const { users, perSecond, p95, failed } = windows[index] as RampWindow;
  if (failed > 0) return 'errors';
  if (!(p95 <= Math.max(base * LATENCY.times, base + LATENCY.above))) return 'latency';
  const earlier = windows.slice(0, index).filter((window) => users >= window.users * FLAT.users);
  const best = Math.max(0, ...earlier.map((window) => window.perSecond));
  return earlier.length >= 2 && perSecond < best * FLAT.gain ? 'throughput' : undefined;
}
