/** The door to tinybench: times one case after another, in batches, as a single call is shorter than the clock can tell. */
import { Bench } from 'tinybench';

/** One thing to time. */
export interface Case {
  readonly name: string;
  /** The work; what it returns is checked, so nothing of it can be left out. */
  readonly run: () => unknown;
  /** Whether a result is right; asked before and after the measurement. */
  readonly check: (result: never) => boolean;
  /** Calls a batch; fewer for what takes long. */
  readonly batch?: number;
}

/** Nanoseconds a call. */
export interface Timing {
  readonly name: string;
  readonly median: number;
  readonly best: number;
  /** Half of the batches are within this share of the median. */
  readonly spread: number;
  readonly batches: number;
}

const BATCH = 1_000;
const NANOSECONDS = 1e6;
/** A case, milliseconds. */
const TIME = 500;
const WARM_UP = 150;

/** @throws Error when a case's result is wrong: its figure would be of something else. */
export async function measure({ name, run, check, batch = BATCH }: Case): Promise<Timing> {
  let last: unknown = run();
  const verify = (): void => {
    if (!check(last as never)) throw new Error(`bench ${name}: the result is wrong`);
  };
  verify();
  const bench = new Bench({ time: TIME, warmupTime: WARM_UP });
  bench.add(name, () => {
    for (let call = 0; call < batch; call++) last = run();
  });
  const [task] = await bench.run();
  verify();
  const result = task?.result;
  if (result === undefined || !('latency' in result)) throw new Error(`bench ${name}: not measured`);
  const { p50, min, mad, samplesCount } = result.latency;
  const per = NANOSECONDS / batch;
  return { name, median: p50 * per, best: min * per, spread: mad / p50, batches: samplesCount };
}
