/** The door to hdr-histogram-js. Values are microseconds; three significant digits, from 1 µs to one hour. */
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram as HdrHistogram } from 'hdr-histogram-js';
import type { PercentilePoint, Quantiles } from '../result.js';

const ONE_HOUR_US = 3_600_000_000;
/** Points of a curve for each halving of what is left above it: 5 draw a smooth line with about 80 points for 50,000 times. */
const POINTS_PER_HALVING = 5;

/** Counts durations; merges exactly with others of its kind, so that percentiles are never averaged. */
export class DurationHistogram {
  readonly #counts: HdrHistogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: ONE_HOUR_US,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 32,
  });

  /** Milliseconds in; past one hour counts as one hour. */
  record(milliseconds: number): void {
    this.#counts.recordValue(Math.min(ONE_HOUR_US, Math.max(1, Math.round(milliseconds * 1000))));
  }

  /** What was recorded since the last call, as text for another process; undefined when nothing was. */
  takeText(): string | undefined {
    if (this.#counts.totalCount === 0) return undefined;
    const text = encodeIntoCompressedBase64(this.#counts);
    this.#counts.reset();
    return text;
  }

  /** Adds what another process took. */
  addText(text: string): void {
    this.#counts.add(decodeFromCompressedBase64(text, 32));
  }

  /** Forgets everything. */
  reset(): void {
    this.#counts.reset();
  }

  /** Adds all of another. */
  add(other: DurationHistogram): void {
    this.#counts.add(other.#counts);
  }

  /** From the fastest to the slowest, closer together towards the slow end; undefined when empty. */
  curve(): PercentilePoint[] | undefined {
    const { totalCount } = this.#counts;
    if (totalCount === 0) return undefined;
    const steps = Math.ceil(Math.log2(totalCount) * POINTS_PER_HALVING);
    const percents = Array.from({ length: steps + 1 }, (_, step) => 100 * (1 - 0.5 ** (step / POINTS_PER_HALVING)));
    return [...percents, 100].map((percent) => [percent, this.percentile(percent)]);
  }

  /** The value below which the given percent lie, in milliseconds; 0 when empty. */
  percentile(percent: number): number {
    return this.#counts.totalCount === 0 ? 0 : this.#counts.getValueAtPercentile(percent) / 1000;
  }

  /** Milliseconds; undefined when nothing was recorded, so that no table shows a false 0. */
  quantiles(): Quantiles | undefined {
    const counts = this.#counts;
    if (counts.totalCount === 0) return undefined;
    return {
      count: counts.totalCount,
      min: counts.minNonZeroValue / 1000,
      mean: counts.mean / 1000,
      p50: this.percentile(50),
      p90: this.percentile(90),
      p95: this.percentile(95),
      p99: this.percentile(99),
      max: counts.maxValue / 1000,
    };
  }
}
