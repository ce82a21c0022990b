/** From running totals to what happens per second. Pure. */
import type { HistogramJson, SeriesJson } from '../metrics/metrics-json.js';

/** Totals of the whole cluster at one moment. */
export interface Totals {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly requests: number;
  /** Requests that ended in `error` or `incomplete`. */
  readonly failures: number;
  readonly chunks: number;
  readonly streams: number;
  readonly tokens: number;
  readonly usd: number;
  /** Bounds and counts of the first-token histogram over all routes and models. */
  readonly bounds: readonly number[];
  readonly firstToken: readonly number[];
}

/** One point of the live charts. Rates are null where nothing can be derived: no earlier sample, or a worker's counts went. */
export interface Pulse {
  readonly at: number;
  readonly requestsPerSecond: number | null;
  readonly chunksPerSecond: number | null;
  readonly tokensPerSecond: number | null;
  readonly streams: number;
  /** Over the window, 0 to 1; null when no request ended in it. */
  readonly failureShare: number | null;
  /** Milliseconds over the window, interpolated within buckets; null when nothing was seen. */
  readonly firstTokenP50: number | null;
  readonly firstTokenP95: number | null;
}

const FAILED = new Set(['error', 'incomplete']);
const MILLISECONDS = 1000;

export function totalsOf(at: number, series: readonly SeriesJson[]): Totals {
  const by = new Map(series.map((one) => [one.name, one]));
  const histogram = by.get('tidegate_first_token_seconds');
  const { bounds, counts } = allRows(histogram?.type === 'histogram' ? histogram : undefined);
  return {
    at,
    requests: add(by.get('tidegate_requests_total')),
    failures: add(by.get('tidegate_requests_total'), (labels) => FAILED.has(labels['outcome'] ?? '')),
    chunks: add(by.get('tidegate_stream_chunks_total')),
    streams: add(by.get('tidegate_streams_in_flight')),
    tokens: add(by.get('tidegate_tokens_total'), (labels) => labels['kind'] === 'output'),
    usd: add(by.get('tidegate_cost_usd_total')),
    bounds,
    firstToken: counts,
  };
}

/** `previous` is one tick back, `windowStart` as far back as shares and percentiles look. */
export function pulseOf(previous: Totals | undefined, windowStart: Totals | undefined, now: Totals): Pulse {
  const seconds = previous === undefined ? 0 : (now.at - previous.at) / MILLISECONDS;
  const rate = (key: 'requests' | 'chunks' | 'tokens') => {
    const gained = previous === undefined ? -1 : now[key] - previous[key];
    return gained < 0 || seconds <= 0 ? null : gained / seconds;
  };
  const seen = now.firstToken.map((count, index) => Math.max(0, count - (windowStart?.firstToken[index] ?? 0)));
  const ended = now.requests - (windowStart?.requests ?? 0);
  return {
    at: now.at,
    requestsPerSecond: rate('requests'),
    chunksPerSecond: rate('chunks'),
    tokensPerSecond: rate('tokens'),
    streams: now.streams,
    failureShare: ended > 0 ? Math.max(0, now.failures - (windowStart?.failures ?? 0)) / ended : null,
    firstTokenP50: percentile(now.bounds, seen, 0.5),
    firstTokenP95: percentile(now.bounds, seen, 0.95),
  };
}

/** As Prometheus' `histogram_quantile`, in milliseconds; beyond the last bound the last bound itself. */
export function percentile(bounds: readonly number[], counts: readonly number[], share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let below = 0;
  for (const [index, bound] of bounds.entries()) {
    const inBucket = counts[index] ?? 0;
    if (below + inBucket >= share * total && inBucket > 0) {
      const lower = bounds[index - 1] ?? 0;
      return (lower + (bound - lower) * ((share * total - below) / inBucket)) * MILLISECONDS;
    }
    below += inBucket;
  }
  return (bounds.at(-1) ?? 0) * MILLISECONDS;
}

function add(series: SeriesJson | undefined, wanted: (labels: Readonly<Record<string, string>>) => boolean = () => true): number {
  if (series === undefined || series.type === 'histogram') return 0;
  return series.values.reduce((total, { labels, value }) => total + (wanted(labels) ? value : 0), 0);
}

function allRows(histogram: HistogramJson | undefined): { bounds: readonly number[]; counts: number[] } {
  const bounds = histogram?.bounds ?? [];
  const counts = new Array<number>(bounds.length + 1).fill(0);
  for (const { buckets } of histogram?.values ?? [])
    for (const [index, count] of buckets.entries()) counts[index] = (counts[index] ?? 0) + count;
  return { bounds, counts };
}
