/** Whether memory has stopped growing. Pure. */

/** One reading after a collection. */
export interface Reading {
  /** Seconds. */
  readonly at: number;
  readonly value: number;
}

/** What a plateau must keep, in percent of the mean. A range alone lets a slow leak pass; a trend alone a wild one. */
export interface PlateauRule {
  /** Readings of this many last seconds are looked at. */
  readonly windowSeconds: number;
  /** Most difference between the means of the window's halves, upwards. */
  readonly trendPercent: number;
  /** Most difference between its largest and its smallest reading. */
  readonly spreadPercent: number;
}

export interface Plateau {
  readonly isReached: boolean;
  /** Percent; NaN while there are too few readings. */
  readonly trend: number;
  readonly spread: number;
  /** Units a minute over the window, by least squares. */
  readonly perMinute: number;
}

const FEWEST_READINGS = 6;

/** Memory that falls is no leak: only growth counts against the trend. */
export function plateauOf(readings: readonly Reading[], rule: PlateauRule): Plateau {
  const last = readings.at(-1)?.at ?? 0;
  const window = readings.filter(({ at }) => at >= last - rule.windowSeconds);
  const spansIt = (readings[0]?.at ?? last) <= last - rule.windowSeconds;
  const nothing = { isReached: false, trend: Number.NaN, spread: Number.NaN, perMinute: Number.NaN };
  if (window.length < FEWEST_READINGS || !spansIt) return nothing;
  const values = window.map(({ value }) => value);
  const half = Math.floor(values.length / 2);
  const whole = mean(values);
  const trend = (100 * (mean(values.slice(-half)) - mean(values.slice(0, half)))) / whole;
  const spread = (100 * (Math.max(...values) - Math.min(...values))) / whole;
  return { isReached: trend <= rule.trendPercent && spread <= rule.spreadPercent, trend, spread, perMinute: 60 * slope(window) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Units a second. */
function slope(readings: readonly Reading[]): number {
  const [middle, level] = [mean(readings.map(({ at }) => at)), mean(readings.map(({ value }) => value))];
  const spread = readings.reduce((sum, { at }) => sum + (at - middle) ** 2, 0);
  return spread === 0 ? 0 : readings.reduce((sum, { at, value }) => sum + (at - middle) * (value - level), 0) / spread;
}
