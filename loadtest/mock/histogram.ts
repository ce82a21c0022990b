const SUB_BUCKETS = 32;
const BUCKETS = 27 * SUB_BUCKETS + SUB_BUCKETS;

/** A histogram of whole numbers below 2^31 with 3 % wide buckets: what the mock's own lateness (µs) is kept in. */
export class Histogram {
  private readonly counts: Float64Array = new Float64Array(BUCKETS);
  count = 0;

  record(value: number): void {
    const whole = Math.min(Math.max(0, Math.round(value)), 0x7fffffff);
    this.bump(bucketOf(whole), 1);
  }

  /** The upper edge of the bucket that holds the given share (0–1) of the values; 0 when there are none. */
  percentile(share: number): number {
    const wanted = Math.ceil(this.count * share);
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.counts[bucket] as number;
      if (seen >= wanted && seen > 0) return upperEdge(bucket);
    }
    return 0;
  }

  /** Bucket and count pairs, small enough to send between processes. */
  toPairs(): [number, number][] {
    const pairs: [number, number][] = [];
    this.counts.forEach((count, bucket) => {
      if (count > 0) pairs.push([bucket, count]);
    });
    return pairs;
  }

  addPairs(pairs: readonly [number, number][]): void {
    for (const [bucket, count] of pairs) this.bump(bucket, count);
  }

  clear(): void {
    this.counts.fill(0);
    this.count = 0;
  }

  private bump(bucket: number, by: number): void {
    this.counts[bucket] = (this.counts[bucket] as number) + by;
    this.count += by;
  }
}

function bucketOf(value: number): number {
  const shift = Math.max(0, 31 - Math.clz32(value) - 5);
  return shift * SUB_BUCKETS + (value >>> shift);
}

function upperEdge(bucket: number): number {
  const shift = Math.max(0, Math.floor(bucket / SUB_BUCKETS) - 1);
  return (bucket - shift * SUB_BUCKETS + 1) * 2 ** shift - 1;
}
