/** The door to prom-client, which writes series as Prometheus text. Loaded by the primary when `/metrics` is first asked for. */
import { Counter, Gauge, Registry } from 'prom-client';
import type { HistogramJson, SeriesJson } from './metrics-json.js';

/** `Content-Type` of the text. */
export const METRICS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** The text of merged series: HELP and TYPE once each, label values escaped. Names must be unique. */
export async function writeMetrics(series: readonly SeriesJson[]): Promise<string> {
  const registry = new Registry();
  for (const one of series) registry.registerMetric(asMetric(one));
  return registry.metrics();
}

/** prom-client asks a metric for its values by `get`; a counter or gauge subclass would only copy what is counted already. */
function asMetric(series: SeriesJson): Counter | Gauge {
  const Kind = series.type === 'counter' ? Counter : Gauge;
  const { name, help, type } = series;
  const values = series.type === 'histogram' ? histogramValues(series) : series.values;
  const metric = new Kind({ name, help, registers: [] });
  return Object.assign(metric, { get: async () => ({ name, help, type, values }) });
}

function histogramValues(series: HistogramJson) {
  const { name, bounds } = series;
  return series.values.flatMap(({ labels, buckets, sum, count }) => {
    let below = 0;
    const cumulative = bounds.map((bound, index) => {
      below += buckets[index] ?? 0;
      return { metricName: `${name}_bucket`, labels: { ...labels, le: String(bound) }, value: below };
    });
    return [
      ...cumulative,
      { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count },
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  });
}
