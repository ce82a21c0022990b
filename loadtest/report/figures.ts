import { httpErrors } from '../engine/counts.js';
import type { GroupSample, RunResult, Sample } from '../result.js';
import { PUBLISHED_CORES } from './published.js';

/** The published rows, computed from one run; undefined = not measured. Memory in MB of 2^20 bytes, times in milliseconds. */
export interface Figures {
  rps: number;
  steadyRps: number;
  requests: number;
  success: number;
  events: number;
  eventsPerRequest: number;
  average?: number;
  p50?: number;
  p95?: number;
  p99?: number;
  ttftP50?: number;
  ttftP99?: number;
  /** Percent of one core. */
  idleCpu?: number;
  peakCpu?: number;
  averageCpu?: number;
  /** CPU-seconds per 1,000 events. */
  cpuPerThousandEvents?: number;
  idleRss?: number;
  idlePss?: number;
  peakRss?: number;
  peakPss?: number;
  afterRss?: number;
  afterPss?: number;
  fds?: number;
  threads?: number;
  rpsPerServerCpu?: number;
  /** The same with the average of the load in place of its peak second. */
  rpsPerAverageCpu?: number;
  rpsPerMb?: number;
}

const MEGABYTE = 2 ** 20;

export function figuresOf(run: RunResult): Figures {
  const { counts, durations } = run;
  const requests = counts.sent - counts.incomplete;
  const rps = ratio(requests, run.untilLastEnd) ?? 0;
  const { latency, ttft } = durations;
  return {
    rps,
    steadyRps: ratio(counts.steadyOk, run.steadySeconds) ?? 0,
    requests,
    success: 100 * (ratio(counts.ok, counts.sent) ?? 0),
    events: counts.events,
    eventsPerRequest: ratio(counts.eventsOfOk, counts.ok) ?? 0,
    ...{ average: latency?.mean, p50: latency?.p50, p95: latency?.p95, p99: latency?.p99 },
    ...{ ttftP50: ttft?.p50, ttftP99: ttft?.p99 },
    ...serverFigures(run, rps),
  };
}

function serverFigures(run: RunResult, rps: number): Partial<Figures> {
  const idle = groups(run, (sample) => sample.phase === 'idle').slice(1);
  const busy = groups(run, (sample) => sample.phase !== 'idle');
  if (busy.length === 0) return {};
  const cpuSeconds = (busy.at(-1)?.cpuSeconds ?? 0) - (idle.at(-1)?.cpuSeconds ?? 0);
  const peakCpu = highest(busy, (group) => group.cpuPercent);
  const peakRss = highest(busy, (group) => group.rss) / MEGABYTE;
  const averageCpu = ratio(100 * cpuSeconds, run.untilLastEnd);
  return {
    idleCpu: median(idle.map((group) => group.cpuPercent)),
    peakCpu,
    averageCpu,
    cpuPerThousandEvents: ratio(cpuSeconds, run.counts.events / 1000),
    idleRss: megabytes(median(idle.map((group) => group.rss))),
    idlePss: megabytes(median(idle.map((group) => group.pss))),
    peakRss,
    peakPss: highest(busy, (group) => group.pss) / MEGABYTE,
    afterRss: megabytes(run.memoryAfter?.rss),
    afterPss: megabytes(run.memoryAfter?.pss),
    fds: highest(busy, (group) => group.fds),
    threads: highest(busy, (group) => group.threads),
    rpsPerServerCpu: ratio(rps, peakCpu / PUBLISHED_CORES),
    rpsPerAverageCpu: ratio(rps, (averageCpu ?? 0) / PUBLISHED_CORES),
    rpsPerMb: ratio(rps, peakRss),
  };
}

function groups(run: RunResult, wanted: (sample: Sample) => boolean): GroupSample[] {
  return run.samples.filter(wanted).flatMap((sample) => sample.gateway ?? []);
}

function highest(all: readonly GroupSample[], read: (group: GroupSample) => number): number {
  return all.reduce((most, group) => Math.max(most, read(group)), 0);
}

function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function megabytes(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : bytes / MEGABYTE;
}

function ratio(over: number, under: number): number | undefined {
  return under > 0 ? over / under : undefined;
}

/** What went wrong, in words: `3 timeouts, 2 × 503`; `none`. */
export function describeErrors(run: RunResult): string {
  const { counts } = run;
  const parts = Object.entries(counts.http).map(([status, count]) => `${count} × ${status}`);
  const kinds = {
    streamError: 'error events',
    truncated: 'truncated',
    timeout: 'timeouts',
    connect: 'not connected',
    incomplete: 'incomplete at the end',
  };
  for (const [kind, words] of Object.entries(kinds) as [keyof typeof kinds, string][])
    if (counts[kind] > 0) parts.push(`${counts[kind]} ${words}`);
  const causes = Object.entries(counts.causes).map(([cause, count]) => `${cause} ${count}`);
  return parts.length === 0 ? 'none' : parts.join(', ') + (causes.length > 0 ? ` (${causes.join(', ')})` : '');
}

/** Sum of all ways in which a request may have ended. */
export function settled(run: RunResult): number {
  const { ok, streamError, truncated, timeout, connect, incomplete } = run.counts;
  return ok + httpErrors(run.counts) + streamError + truncated + timeout + connect + incomplete;
}
