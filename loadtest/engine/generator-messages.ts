/** What the command and its generator processes say to each other. Times are epoch milliseconds: clocks of one machine agree. */
import type { Counts, Durations } from '../result.js';
import type { DrivePlan } from './drive-plan.js';
import type { ProcessHealth } from './health.js';

/** As DrivePlan, but for the clock of its times. */
export interface GeneratorOrder extends DrivePlan {
  /** Absent: autocannon's. */
  engine?: 'autocannon' | 'own';
  measureFrom: number;
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

export const HISTOGRAM_NAMES = [
  ...(['latency', 'ttfb', 'ttft', 'gap', 'lag'] as const),
  ...(['latencyUncorrected', 'ttftUncorrected', 'sendLag'] as const),
] satisfies (keyof Durations)[];

export type HistogramName = (typeof HISTOGRAM_NAMES)[number];

export type FromGenerator = { type: 'up' } | Snapshot | { type: 'failed'; message: string };
