import type { Figures } from './figures.js';
import { PUBLISHED, PUBLISHED_CORES, type PublishedColumn } from './published.js';
import { numeral, textTable } from './text-table.js';

/** A row: its words, what we measured, what was published. */
interface Row {
  name: string;
  ours(figures: Figures): string;
  theirs(column: PublishedColumn): string;
}

const NOT_PUBLISHED = (): string => '–';
const over4 = (percent: number | undefined | null): number | undefined =>
  typeof percent === 'number' ? percent / PUBLISHED_CORES : undefined;

const TRAFFIC: readonly Row[] = [
  { name: 'RPS, until the last stream ended [1]', ours: (f) => numeral(f.rps, 2), theirs: (c) => numeral(c.rps, 2) },
  { name: 'RPS, steady window [2]', ours: (f) => numeral(f.steadyRps, 2), theirs: NOT_PUBLISHED },
  { name: 'Requests', ours: (f) => numeral(f.requests), theirs: (c) => numeral(c.requests) },
  { name: 'Average latency, ms [3]', ours: (f) => numeral(f.average, 2), theirs: (c) => numeral(c.average, 2) },
  { name: 'P50 latency, ms', ours: (f) => numeral(f.p50, 2), theirs: (c) => numeral(c.p50, 2) },
  { name: 'P95 latency, ms', ours: (f) => numeral(f.p95, 2), theirs: (c) => numeral(c.p95, 2) },
  { name: 'P99 latency, ms', ours: (f) => numeral(f.p99, 2), theirs: NOT_PUBLISHED },
  { name: 'First token P50, ms [4]', ours: (f) => numeral(f.ttftP50, 2), theirs: NOT_PUBLISHED },
  { name: 'First token P99, ms', ours: (f) => numeral(f.ttftP99, 2), theirs: NOT_PUBLISHED },
  { name: 'Success, %', ours: (f) => numeral(f.success, 2), theirs: (c) => numeral(c.success, 2) },
  { name: 'SSE chunks [5]', ours: (f) => numeral(f.events), theirs: (c) => numeral(c.events) },
  { name: 'SSE chunks a request', ours: (f) => numeral(f.eventsPerRequest, 1), theirs: (c) => perRequest(c) },
];

const RESOURCES: readonly Row[] = [
  { name: 'CPU-seconds per 1,000 chunks [6]', ours: (f) => numeral(f.cpuPerThousandEvents, 4), theirs: NOT_PUBLISHED },
  { name: 'Idle CPU, % of one core [7]', ours: (f) => numeral(f.idleCpu, 1), theirs: (c) => c.idleCpu ?? '–' },
  { name: 'Average CPU, % of one core', ours: (f) => numeral(f.averageCpu, 1), theirs: NOT_PUBLISHED },
  { name: 'Peak CPU, % of one core [8]', ours: (f) => numeral(f.peakCpu, 1), theirs: (c) => numeral(c.peakCpu, 1) },
  {
    name: 'Peak CPU, % of a 4-core server [9]',
    ours: (f) => numeral(over4(f.peakCpu), 2),
    theirs: (c) => numeral(over4(c.peakCpu), 2),
  },
  { name: 'Idle memory, MB RSS [10]', ours: (f) => numeral(f.idleRss, 1), theirs: (c) => numeral(c.idleMemory, 1) },
  { name: 'Idle memory, MB PSS', ours: (f) => numeral(f.idlePss, 1), theirs: NOT_PUBLISHED },
  { name: 'Peak memory, MB RSS', ours: (f) => numeral(f.peakRss, 1), theirs: (c) => numeral(c.peakMemory, 1) },
  { name: 'Peak memory, MB PSS', ours: (f) => numeral(f.peakPss, 1), theirs: NOT_PUBLISHED },
  { name: 'Memory after GC, MB RSS [12]', ours: (f) => numeral(f.afterRss, 1), theirs: (c) => numeral(c.memoryAfter, 1) },
  { name: 'Memory after GC, MB PSS', ours: (f) => numeral(f.afterPss, 1), theirs: NOT_PUBLISHED },
  { name: 'Peak file descriptors', ours: (f) => numeral(f.fds), theirs: (c) => numeral(c.fds) },
  { name: 'Threads', ours: (f) => numeral(f.threads), theirs: (c) => numeral(c.threads) },
  {
    name: 'RPS per 1 % server CPU [9]',
    ours: (f) => numeral(f.rpsPerServerCpu, 2),
    theirs: (c) => numeral(c.rpsPerServerCpu, 2),
  },
  { name: 'RPS per 1 % average CPU [11]', ours: (f) => numeral(f.rpsPerAverageCpu, 2), theirs: NOT_PUBLISHED },
  { name: 'RPS per MB [10]', ours: (f) => numeral(f.rpsPerMb, 3), theirs: (c) => numeral(c.rpsPerMb, 3) },
];

/** One measured column: a run, or the medians of several. */
export interface Column {
  label: string;
  figures: Figures;
}

/** Both tables of a round: the measured columns, then the published ones. */
export function roundTables(columns: readonly Column[], round: 1 | 2): string {
  const published = PUBLISHED[round];
  const head = [...columns.map(({ label }) => label), ...published.map((column) => `${column.name} (published)`)];
  const figures = columns.map((column) => column.figures);
  const table = (title: string, rows: readonly Row[]): string =>
    textTable(
      [title, ...head],
      rows.map((row) => cells(row, figures, published)),
    );
  const resources = figures.some((one) => one.peakCpu !== undefined)
    ? table('Resources and efficiency', RESOURCES)
    : 'Resources: the target has no gateway process that could be watched.';
  return `${table('Traffic', TRAFFIC)}\n\n${resources}`;
}

function cells(row: Row, figures: readonly Figures[], published: readonly PublishedColumn[]): string[] {
  return [row.name, ...figures.map(row.ours), ...published.map(row.theirs)];
}

function perRequest({ events, requests }: PublishedColumn): string {
  return events === null || requests === null ? '–' : numeral(events / requests, 1);
}
