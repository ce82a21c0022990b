/** What the command and its generator processes say to each other. Times are epoch milliseconds: clocks of one machine agree. */
import type { Counts } from '../result.js';
import type { ProcessHealth } from './health.js';
import type { UserPlan } from './virtual-user.js';

export interface GeneratorOrder extends UserPlan {
  url: string;
  users: readonly number[];
  startAt: number;
  measureFrom: number;
  stopAt: number;
  rampMs: number;
  graceMs: number;
  timeoutMs: number;
}

export type ToGenerator = { type: 'start'; order: GeneratorOrder } | { type: 'abort' };

/** Counters are totals; histograms hold what came since the last snapshot, so that they stay small on the wire. */
export interface Snapshot {
  type: 'snapshot' | 'finished';
  counts: Counts;
  inFlight: number;
  /** Start of the first request and end of the last, 0 when there was none. */
  firstStart: number;
  lastEnd: number;
  health: ProcessHealth;
  histograms: Partial<Record<HistogramName, string>>;
}

export type HistogramName = 'latency' | 'ttfb' | 'ttft' | 'gap';

export const HISTOGRAM_NAMES: readonly HistogramName[] = ['latency', 'ttfb', 'ttft', 'gap'];

export type FromGenerator = { type: 'up' } | Snapshot | { type: 'failed'; message: string };
