/**
 * The kinds of series, as plain rows of numbers. prom-client's own `inc` takes 0.85 µs and its import 25 ms or more
 * of a worker's start (Node 20, 2026-11): workers count here and only the primary loads prom-client, to write the text.
 */
import type { SeriesJson } from './metrics-json.js';

/** What is declared once for a series: its name with the unit in it, what it means, its label names. */
export interface SeriesSpec {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
}

/** Rows past this many fall together into one whose labels all say `other`. */
const MOST_ROWS = 5_000;
const OTHER = 'other';
/** Between label values in a row's key; cannot occur in a configured name. */
const SEPARATOR = '\u0000';

/** Label values → row, never more rows than the bound. */
class Rows<Row> {
  private readonly rows = new Map<string, { readonly values: readonly string[]; readonly row: Row }>();
  private readonly create: () => Row;
  private readonly names: readonly string[];

  constructor(names: readonly string[], create: () => Row) {
    this.names = names;
    this.create = create;
    if (names.length === 0) this.of([]);
  }

  of(values: readonly string[]): Row {
    const found = this.rows.get(values.join(SEPARATOR));
    if (found !== undefined) return found.row;
    if (this.rows.size >= MOST_ROWS && values.some((value) => value !== OTHER)) return this.of(values.map(() => OTHER));
    const row = this.create();
    this.rows.set(values.join(SEPARATOR), { values: [...values], row });
    return row;
  }

  map<Json>(convert: (labels: Record<string, string>, row: Row) => Json): Json[] {
    return [...this.rows.values()].map(({ values, row }) =>
      convert(Object.fromEntries(this.names.map((name, index) => [name, values[index] ?? ''])), row),
    );
  }
}

/** Only goes up; summed over workers, departed ones included. */
export class Counter {
  private readonly spec: SeriesSpec;
  private readonly rows: Rows<{ value: number }>;

  constructor(spec: SeriesSpec) {
    this.spec = spec;
    this.rows = new Rows(spec.labels ?? [], () => ({ value: 0 }));
  }

  add(amount: number, ...labels: readonly string[]): void {
    this.rows.of(labels).value += amount;
  }

  /** For totals that are counted elsewhere and copied when somebody asks. */
  set(total: number, ...labels: readonly string[]): void {
    this.rows.of(labels).value = total;
  }

  json(): SeriesJson {
    const { name, help } = this.spec;
    return { type: 'counter', name, help, values: this.rows.map((labels, row) => ({ labels, value: row.value })) };
  }
}

/** How values over workers become one: added, the largest, or each kept apart with a `worker` label. */
export type GaugeMerge = 'sum' | 'max' | 'worker';

/** A value of now; a departed worker's is forgotten. */
export class Gauge {
  private readonly spec: SeriesSpec;
  private readonly merge: GaugeMerge;
  private readonly rows: Rows<{ value: number }>;

  constructor(spec: SeriesSpec, merge: GaugeMerge) {
    this.spec = spec;
    this.merge = merge;
    this.rows = new Rows(spec.labels ?? [], () => ({ value: 0 }));
  }

  set(value: number, ...labels: readonly string[]): void {
    this.rows.of(labels).value = value;
  }

  json(): SeriesJson {
    const { name, help } = this.spec;
    return {
      type: 'gauge',
      merge: this.merge,
      name,
      help,
      values: this.rows.map((labels, row) => ({ labels, value: row.value })),
    };
  }
}

interface Distribution {
  /** Observations per bucket, not cumulative; the last is everything above the largest bound. */
  readonly buckets: number[];
  sum: number;
  count: number;
}

/** Observations sorted into buckets; summed over workers, departed ones included. */
export class Histogram {
  private readonly spec: SeriesSpec;
  private readonly bounds: readonly number[];
  private readonly rows: Rows<Distribution>;

  constructor(spec: SeriesSpec, bounds: readonly number[]) {
    this.spec = spec;
    this.bounds = bounds;
    this.rows = new Rows(spec.labels ?? [], () => ({ buckets: new Array<number>(bounds.length + 1).fill(0), sum: 0, count: 0 }));
  }

  /** A value that is no number is dropped: it would make the sum useless for good. */
  observe(value: number, ...labels: readonly string[]): void {
    if (!Number.isFinite(value)) return;
    const row = this.rows.of(labels);
    const bucket = this.bucketOf(value);
    row.buckets[bucket] = (row.buckets[bucket] ?? 0) + 1;
    row.sum += value;
    row.count++;
  }

  json(): SeriesJson {
    const { name, help } = this.spec;
    const { bounds } = this;
    return {
      type: 'histogram',
      name,
      help,
      bounds,
      values: this.rows.map((labels, row) => ({ labels, ...row, buckets: [...row.buckets] })),
    };
  }

  private bucketOf(value: number): number {
    let bucket = 0;
    while (bucket < this.bounds.length && value > (this.bounds[bucket] ?? 0)) bucket++;
    return bucket;
  }
}
