/** One threshold and what came of it. */
export interface Check {
  /** As the reader would write it: `ttft p99 <= 300 ms`, `lost streams == 0`. */
  promise: string;
  ok: boolean;
  /** What was measured, with its unit: `148.2 ms`. */
  actual: string;
  /** Why the limit is what it is, or what to look at when it fails. */
  hint?: string;
}
