/** The charts that every measured run has: made from its samples and curves alone. Pure. */

import type { GroupSample, RunResult, Sample } from '../../result.js';
import type { Chart, ChartSeries } from '../../scenarios/findings.js';
import { figuresOf } from '../figures.js';
import { curveChart } from './curve-chart.js';

const MEGABYTE = 2 ** 20;
const SECONDS = { label: 'time', unit: 's' };

/** In the order of the page; a chart without anything to show is left out. */
export function runCharts(run: RunResult): Chart[] {
  const charts = [throughput(run), firstToken(run), cpu(run), memory(run), curveChart([run]), failures(run)];
  return charts.filter((chart): chart is Chart => chart?.series.some(({ points }) => points.length > 1) === true);
}

/** Requests and events a second are what happened between two samples. */
function throughput(run: RunResult): Chart {
  return {
    ...{ title: 'Throughput and in flight', kind: 'line', x: SECONDS, y: { label: 'requests ended', unit: '1/s' } },
    series: [
      { name: 'requests/s', points: rates(run.samples, (sample) => sample.ok + sample.failed) },
      { name: 'in flight', points: loaded(run).map(({ at, inFlight }) => [at, inFlight]), right: { label: 'in flight' } },
    ],
    marks: phaseMarks(run),
  };
}

function firstToken(run: RunResult): Chart {
  const points = (name: 'p50' | 'p95' | 'p99'): ChartSeries => ({
    name,
    points: loaded(run).map(({ at, recent }) => [at, recent?.ttft?.[name] ?? null]),
  });
  const known = run.samples.some(({ recent }) => recent?.ttft);
  return {
    title: 'Time to first token',
    ...{ kind: 'line', x: SECONDS, y: { label: 'of the last five seconds', unit: 'ms' } },
    series: known ? [points('p50'), points('p95'), points('p99')] : [],
    marks: phaseMarks(run),
  };
}

const GROUPS = ['gateway', 'mock', 'generator'] as const;

function cpu(run: RunResult): Chart {
  const { idleCpu, peakCpu } = figuresOf(run);
  return {
    ...{ title: 'CPU', kind: 'line', x: SECONDS, y: { label: 'share of one core', unit: '%' } },
    series: GROUPS.map((group) => ({ name: group, points: groupPoints(run, group, ({ cpuPercent }) => cpuPercent) })),
    levels: levels({ 'gateway idle': idleCpu, 'gateway peak': peakCpu }),
    marks: phaseMarks(run),
  };
}

function memory(run: RunResult): Chart {
  const { idlePss, peakPss, afterPss } = figuresOf(run);
  const after = run.memoryAfter?.how === 'gc' ? 'after GC' : 'after the load';
  return {
    ...{ title: 'Memory of the gateway', kind: 'line', x: SECONDS, y: { label: 'memory', unit: 'MB' } },
    series: [
      { name: 'PSS', points: groupPoints(run, 'gateway', ({ pss }) => pss / MEGABYTE) },
      { name: 'RSS', points: groupPoints(run, 'gateway', ({ rss }) => rss / MEGABYTE) },
    ],
    levels: levels({ 'idle PSS': idlePss, 'peak PSS': peakPss, [`${after} PSS`]: afterPss }),
    marks: phaseMarks(run),
  };
}

/** What failed in each second, by kind; nothing when nothing did. */
function failures(run: RunResult): Chart {
  const kinds = [...new Set(run.samples.flatMap(({ failures }) => Object.keys(failures ?? {})))].sort();
  return {
    ...{ title: 'Failures by kind', kind: 'stacked', x: SECONDS, y: { label: 'failed requests', unit: '1/s' } },
    series: kinds.map((kind) => ({ name: kind, points: rates(run.samples, ({ failures }) => failures?.[kind] ?? 0) })),
    marks: phaseMarks(run),
  };
}

function loaded(run: RunResult): Sample[] {
  return run.samples.filter(({ phase }) => phase !== 'idle');
}

function groupPoints(
  run: RunResult,
  group: (typeof GROUPS)[number],
  read: (group: GroupSample) => number,
): ChartSeries['points'] {
  // The first sample has nothing before it to be a rate of.
  return run.samples.slice(1).flatMap((sample): ChartSeries['points'] => {
    const found = sample[group];
    return found ? [[sample.at, read(found)]] : [];
  });
}

/** Two samples within so short a time (a phase ended between them) would make a spike of nothing. */
const SHORTEST_RATE_SECONDS = 0.5;

/** A total that is counted up → what came to it a second. */
function rates(samples: readonly Sample[], total: (sample: Sample) => number): ChartSeries['points'] {
  const points: ChartSeries['points'] = [];
  let before: Sample | undefined;
  for (const sample of samples) {
    if (before && sample.at - before.at < SHORTEST_RATE_SECONDS) continue;
    if (before && sample.at > 0) points.push([sample.at, (total(sample) - total(before)) / (sample.at - before.at)]);
    before = sample;
  }
  return points;
}

function phaseMarks({ plan, samples }: RunResult): NonNullable<Chart['marks']> {
  const { warmupSeconds, durationSeconds } = plan;
  const end = warmupSeconds + durationSeconds;
  const last = samples.at(-1)?.at ?? 0;
  return [
    ...(warmupSeconds > 0 ? [{ label: 'warm-up', from: 0, to: warmupSeconds }] : []),
    ...(last > end ? [{ label: 'drain', from: end, to: last }] : []),
  ];
}

function levels(values: Readonly<Record<string, number | undefined>>): NonNullable<Chart['levels']> {
  return Object.entries(values).flatMap(([label, value]) => (value === undefined ? [] : [{ label, value }]));
}
