/** The words of baselines: what is kept of runs, and what a comparison of two sides says. Plain data; types only. */
import type { Environment } from '../environment-record.js';

/** Bumped when a field changes its meaning or goes; new fields do not bump it. */
export const BASELINE_SCHEMA_VERSION = 1;

/** One figure with a value for each run: the run is the unit, never the request. */
export interface SampledFigure {
  /** Absent for a load run without scenario. */
  scenario?: string;
  /** As in a scenario's figures (scenarios/findings.ts), where they are described. */
  name: string;
  label: string;
  unit: string;
  where: string;
  /** Absent: neither direction is better, and nothing is judged. */
  better?: 'lower' | 'higher';
  /** In the order of the runs; `null`: that run gave none, or must not be used. */
  values: (number | null)[];
}

/** `loadtest/baselines/NAME.json`, written by `--save-baseline NAME`. */
export interface KeptBaseline {
  kind: 'baseline';
  schemaVersion: typeof BASELINE_SCHEMA_VERSION;
  name: string;
  keptAt: string;
  /** The command line, to make the same runs again. */
  command: string;
  environment: Environment;
  runs: number;
  figures: SampledFigure[];
}

/** Median of some runs and where the true median lies: an interval between two of the values themselves (order statistics). */
export interface MedianInterval {
  median: number;
  /** Absent when there are too few runs for the confidence asked for (95 % needs six). */
  low?: number;
  high?: number;
  /** What the interval really covers, 0–1; at least what was asked for. */
  coverage?: number;
}

/**
 * `regression`, `improvement`: significant, past the relative and the absolute floor · `small`: significant, below a floor ·
 * `same`: not significant, printed as `~` · `not-judged`: neither direction is better, a control, or one side has no values.
 */
export type FigureVerdict = 'regression' | 'improvement' | 'small' | 'same' | 'not-judged';

export interface ComparedFigure extends Omit<SampledFigure, 'values'> {
  base: MedianInterval & { values: number[] };
  head: MedianInterval & { values: number[] };
  /** head ÷ base: of the pairs where runs were interleaved (bootstrap interval), else of the medians (no interval). Absent when base is 0. */
  ratio?: { median: number; low?: number; high?: number };
  /** head − base, medians, in the figure's unit. */
  difference: number;
  /** Below these a significant change is `small`: share of base's median, and in the figure's unit. */
  floors: { relative: number; absolute: number };
  /** Two-sided Mann–Whitney, exact; and the same after Holm's correction for the number of judged figures. Absent: not judged. */
  p?: number;
  adjustedP?: number;
  verdict: FigureVerdict;
}

/** One of the two that are compared. */
export interface ComparisonSide {
  /** `base` or `head` side by side; the name of the kept file in a trend. */
  name: string;
  /** What was run, as the reader asked for it: a revision, a folder. */
  source: string;
  environment: Environment;
  /** Runs of which figures were used. */
  runs: number;
  startedAt: string;
}

/** Base against head. The report draws a bar with interval for each side of each figure that is judged. */
export interface BaselineComparison {
  /**
   * `side-by-side`: both were run in this job, interleaved: a gate. `trend`: base is a kept file of another time and
   * perhaps another machine: to look at, and it fails nothing.
   */
  kind: 'side-by-side' | 'trend';
  base: ComparisonSide;
  head: ComparisonSide;
  /** Share, 0.05 = 5 %. */
  maxRegression: number;
  /** Chance of a false alarm in the whole table, 0–1. */
  alpha: number;
  /** What differs between the two environments. */
  differences: { what: string; base: string; head: string }[];
  figures: ComparedFigure[];
  /** `undecided`: too few runs that may be used to find anything. */
  outcome: 'pass' | 'regression' | 'undecided';
  /** What the reader must know: left out runs, figures that one side lacks, too few runs. */
  notes: string[];
}
