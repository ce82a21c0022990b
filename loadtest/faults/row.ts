/** A fault of the catalogue: what is promised when it strikes, and a run that says whether the promise was kept. */
import type { Bench } from './bench.js';

export { NotRun } from './expect.js';

import type { ModelWish } from './gateway-config.js';

export type Verdict = 'pass' | 'fail' | 'not-run';

/** What a row measured, by name; units belong into the name or the value. */
export type Figures = Readonly<Record<string, string | number>>;

export interface Finding {
  readonly verdict: Verdict;
  /** One line: what was seen, or why it could not be run. */
  readonly reason: string;
  readonly figures?: Figures;
}

/**
 * `own-gateway`: starts gateways of its own, so nothing for `--target`. `shared-gateway`: asks the one that all rows share (or the target).
 * `redis`: wants redis-server and redis-cli. `linux`: wants /proc.
 */
export type Need = 'own-gateway' | 'shared-gateway' | 'redis' | 'linux';

export interface FaultRow {
  readonly id: string;
  /** The fault, in a few words. */
  readonly title: string;
  /** What a caller or operator can rely on then. */
  readonly promise: string;
  /** `long` ones run with `--long` only. */
  readonly length: 'quick' | 'long';
  readonly needs: readonly Need[];
  /** It measures time or loads the machine: no other row runs beside it. */
  readonly alone?: boolean;
  /** It looks at what all others have left behind. */
  readonly last?: boolean;
  /** After so many seconds the row is a failure: hung. Default: 40. */
  readonly boundSeconds?: number;
  /** Models that it wants the shared gateway to have. */
  readonly models?: readonly ModelWish[];
  /** Whatever is thrown makes the row a failure, but `NotRun`. */
  run(bench: Bench): Promise<Finding>;
}

export function pass(reason: string, figures?: Figures): Finding {
  return { verdict: 'pass', reason, figures };
}

export function fail(reason: string, figures?: Figures): Finding {
  return { verdict: 'fail', reason, figures };
}

export function notRun(reason: string): Finding {
  return { verdict: 'not-run', reason };
}
