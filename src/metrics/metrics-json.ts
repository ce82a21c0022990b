/** Series as plain JSON: what a worker answers to the primary's `metrics` inquiry. Types only. */

/** All series of one process. */
export interface MetricsJson {
  /** Names the process in the `worker` label of what is not summed: a worker's id, or `primary`. */
  readonly worker: string;
  readonly series: readonly SeriesJson[];
}

export type SeriesJson = CounterJson | GaugeJson | HistogramJson;

interface SeriesHead {
  readonly name: string;
  readonly help: string;
}

export interface CounterJson extends SeriesHead {
  readonly type: 'counter';
  readonly values: readonly ValueJson[];
}

export interface GaugeJson extends SeriesHead {
  readonly type: 'gauge';
  readonly merge: 'sum' | 'max' | 'worker';
  readonly values: readonly ValueJson[];
}

export interface HistogramJson extends SeriesHead {
  readonly type: 'histogram';
  /** Upper bounds, ascending, without the infinite one. */
  readonly bounds: readonly number[];
  readonly values: readonly DistributionJson[];
}

export interface ValueJson {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface DistributionJson {
  readonly labels: Readonly<Record<string, string>>;
  /** Per bucket, not cumulative; one longer than the bounds. */
  readonly buckets: readonly number[];
  readonly sum: number;
  readonly count: number;
}
