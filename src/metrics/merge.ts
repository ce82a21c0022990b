/** Snapshots of several processes as one. Pure. */
import type {
  CounterJson,
  DistributionJson,
  GaugeJson,
  HistogramJson,
  MetricsJson,
  SeriesJson,
  ValueJson,
} from './metrics-json.js';

/** The whole cluster's series: counters, histograms and `sum` gauges added, `max` gauges the largest, `worker` gauges labelled. */
export function mergeMetrics(snapshots: readonly MetricsJson[]): SeriesJson[] {
  const merged = new Map<string, SeriesJson>();
  for (const snapshot of snapshots) {
    for (const own of snapshot.series) {
      const series = withWorker(own, snapshot.worker);
      const before = merged.get(series.name);
      merged.set(series.name, before === undefined ? series : mergeSeries(before, series));
    }
  }
  return [...merged.values()];
}

/** What stays of a process that left: its counters and histograms. Gauges speak of now. */
export function lasting(snapshot: MetricsJson): MetricsJson {
  return { worker: snapshot.worker, series: snapshot.series.filter((series) => series.type !== 'gauge') };
}

/** Remembers the last snapshot of each live process and the sum of the departed, in bounded space. Owned by the primary. */
export class MetricsArchive {
  private readonly live = new Map<string, MetricsJson>();
  private departed: MetricsJson = { worker: 'departed', series: [] };

  /** Keep what a process said last. */
  note(snapshot: MetricsJson): void {
    this.live.set(snapshot.worker, snapshot);
  }

  /** The process has left: its last counters join the sum, once. */
  depart(worker: string): void {
    const last = this.live.get(worker);
    if (last === undefined) return;
    this.live.delete(worker);
    this.departed = { worker: 'departed', series: mergeMetrics([this.departed, lasting(last)]) };
  }

  all(): MetricsJson[] {
    return [this.departed, ...this.live.values()];
  }
}

function withWorker(series: SeriesJson, worker: string): SeriesJson {
  if (series.type !== 'gauge' || series.merge !== 'worker') return series;
  return { ...series, values: series.values.map((value) => ({ ...value, labels: { worker, ...value.labels } })) };
}

/** Series of one name but different kinds meet only between two versions of the gateway: the first is kept. */
function mergeSeries(a: SeriesJson, b: SeriesJson): SeriesJson {
  if (a.type === 'counter' && b.type === 'counter') return { ...a, values: mergeValues(a, b, (x, y) => x + y) };
  if (a.type === 'gauge' && b.type === 'gauge')
    return { ...a, values: mergeValues(a, b, a.merge === 'max' ? Math.max : (x, y) => x + y) };
  if (a.type === 'histogram' && b.type === 'histogram' && sameBounds(a, b)) return { ...a, values: mergeDistributions(a, b) };
  return a;
}

function mergeValues(
  a: CounterJson | GaugeJson,
  b: CounterJson | GaugeJson,
  combine: (x: number, y: number) => number,
): ValueJson[] {
  return mergeRows(a.values, b.values, (x, y) => ({ labels: x.labels, value: combine(x.value, y.value) }));
}

function mergeDistributions(a: HistogramJson, b: HistogramJson): DistributionJson[] {
  return mergeRows(a.values, b.values, (x, y) => ({
    labels: x.labels,
    buckets: x.buckets.map((count, index) => count + (y.buckets[index] ?? 0)),
    sum: x.sum + y.sum,
    count: x.count + y.count,
  }));
}

function mergeRows<Row extends { readonly labels: Readonly<Record<string, string>> }>(
  a: readonly Row[],
  b: readonly Row[],
  combine: (x: Row, y: Row) => Row,
): Row[] {
  const rows = new Map<string, Row>();
  for (const row of [...a, ...b]) {
    const key = JSON.stringify(row.labels);
    const before = rows.get(key);
    rows.set(key, before === undefined ? row : combine(before, row));
  }
  return [...rows.values()];
}

function sameBounds(a: HistogramJson, b: HistogramJson): boolean {
  return a.bounds.length === b.bounds.length && a.bounds.every((bound, index) => bound === b.bounds[index]);
}
