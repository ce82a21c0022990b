/** Which thresholds a plain run can be held to, and whether it kept them. Pure: an old run can be judged anew. */
import type { Check } from '../check.js';
import { failures } from '../engine/counts.js';
import { figuresOf } from '../report/figures.js';
import type { Quantiles, RunResult } from '../result.js';
import { compared } from './checks.js';
import type { Expression } from './expression.js';

type Reader = (run: RunResult) => number | undefined;

interface Subject {
  readonly unit: string;
  readonly measures: Readonly<Record<string, Reader>>;
}

const TIMES: Readonly<Record<string, (times: Quantiles) => number>> = {
  min: ({ min }) => min,
  avg: ({ mean }) => mean,
  med: ({ p50 }) => p50,
  'p(50)': ({ p50 }) => p50,
  'p(90)': ({ p90 }) => p90,
  'p(95)': ({ p95 }) => p95,
  'p(99)': ({ p99 }) => p99,
  max: ({ max }) => max,
};

/** Subject → its measures. Times in ms, memory in MB, CPU in percent of one core, `rate` of ok and failed as a share of 1. */
const SUBJECTS: Readonly<Record<string, Subject>> = {
  latency: times((run) => run.durations.latency),
  ttfb: times((run) => run.durations.ttfb),
  ttft: times((run) => run.durations.ttft),
  gap: times((run) => run.durations.gap),
  ok: shares((run) => run.counts.ok),
  failed: shares((run) => failures(run.counts)),
  requests: { unit: '', measures: { count: (run) => run.counts.sent, rate: (run) => figuresOf(run).rps } },
  events: {
    unit: '',
    measures: { count: (run) => run.counts.events, rate: (run) => run.counts.events / run.untilLastEnd },
  },
  cpu: { unit: '%', measures: { avg: (run) => figuresOf(run).averageCpu, max: (run) => figuresOf(run).peakCpu } },
  rss: { unit: 'MB', measures: { max: (run) => figuresOf(run).peakRss, after: (run) => figuresOf(run).afterRss } },
  pss: { unit: 'MB', measures: { max: (run) => figuresOf(run).peakPss, after: (run) => figuresOf(run).afterPss } },
};

function times(read: (run: RunResult) => Quantiles | undefined): Subject {
  const measures = Object.entries(TIMES).map(([name, of]): [string, Reader] => [
    name,
    (run) => {
      const quantiles = read(run);
      return quantiles && of(quantiles);
    },
  ]);
  return { unit: 'ms', measures: Object.fromEntries(measures) };
}

function shares(count: Reader): Subject {
  return { unit: '', measures: { count, rate: (run) => (count(run) ?? 0) / run.counts.sent } };
}

/** Throws when a run has no such number, with those that it has: found out before the load and not after it. */
export function checkRunThreshold({ subject, measure }: Expression): void {
  const known = SUBJECTS[subject];
  if (!known) throw new Error(`--threshold: a run has no '${subject}'; it has ${Object.keys(SUBJECTS).join(', ')}`);
  if (!(measure in known.measures))
    throw new Error(`--threshold: ${subject} has no '${measure}'; it has ${Object.keys(known.measures).join(', ')}`);
}

/** One check for each threshold. */
export function judgeRun(run: RunResult, thresholds: readonly Expression[], name = ''): Check[] {
  return thresholds.map(({ subject, measure, operator, limit }) => {
    const known = SUBJECTS[subject];
    return compared(`${name}${subject} ${measure}`, known?.measures[measure]?.(run), operator, limit, known?.unit);
  });
}
