/** What scenarios leave: plain data, from which every report is made. Types only; part of the published `summary.json`. */
import type { BaselineComparison } from '../baseline/words.js';
import type { Check } from '../check.js';
import type { Environment, RunResult } from '../result.js';

export type { Check } from '../check.js';

/**
 * `pass` and `fail`: by the checks · `invalid`: the numbers must not be used (generator saturated, counts disagree) ·
 * `skipped`: this machine lacks something, `reason` says what · `error`: could not run.
 */
export type Outcome = 'pass' | 'fail' | 'invalid' | 'skipped' | 'error';

/** One number with all that is needed to read it. */
export interface Figure {
  /** Stable key for machines, unique in its scenario: `ttft_p99.gateway`. */
  name: string;
  /** For people: `time to first token p99`. */
  label: string;
  /** `ms`, `us`, `MB`, `1/s`, `%`, `x` (a ratio), `` (a count). */
  unit: string;
  /** Where it was taken: `gateway`, `direct` (to the mock, the control), `go`, `single`, `conventional`, … */
  where: string;
  value: number;
  /** What the seed document published for the same thing, as it stands there. */
  published?: string;
  /** Which way is better; absent: neither. Baselines compare only figures that have one. */
  better?: 'lower' | 'higher';
}

/** A chart as data; the report draws it. Points are [x, y]; `null` breaks a line. */
export interface Chart {
  title: string;
  kind: 'line' | 'bar' | 'stacked';
  x: Axis;
  y: Axis;
  series: ChartSeries[];
  /** Vertical lines (a kill, the end of the ramp) and bands (the knee) over x. */
  marks?: { label: string; from: number; to?: number }[];
  /** Horizontal lines: what was idle, the peak, a limit. */
  levels?: { label: string; value: number }[];
  /** Names of the bars when `kind` is `bar` or `stacked`: x is then an index into them. */
  names?: string[];
}

export interface Axis {
  label: string;
  unit?: string;
  scale?: 'linear' | 'log';
  /** Where the axis has marks and what they say; absent: numbers at round places. */
  ticks?: [number, string][];
}

export interface ChartSeries {
  name: string;
  points: [number, number | null][];
  /** `dashed`: what is expected and not measured; `points`: single measurements without a line; absent: a line. */
  style?: 'dashed' | 'points';
  /** Drawn against a second axis on the right with this label. */
  right?: Axis;
}

/** What a scenario's own code gives back. */
export interface Findings {
  checks: Check[];
  figures: Figure[];
  charts?: Chart[];
  /** Measured runs, raw: the report makes its time and percentile charts from them. */
  runs?: RunResult[];
  /** What the reader must know to read the numbers. */
  notes?: string[];
  /** Why the numbers must not be used. */
  invalid?: string[];
  /** What this machine lacks to run it at all. */
  skipped?: string;
}

/** A scenario that was run: its findings, and what the frame knows of it. */
export interface ScenarioResult extends Required<Omit<Findings, 'skipped'>> {
  name: string;
  number?: string;
  title: string;
  /** `seed 002, scenario 3`. */
  source: string;
  startedAt: string;
  seconds: number;
  outcome: Outcome;
  /** Of `invalid`, `skipped` and `error`. */
  reason?: string;
}

/** `summary.json` of a suite. */
export interface SuiteSummary {
  kind: 'suite';
  /** Bumped when a field changes its meaning or goes; new fields do not bump it. */
  schemaVersion: 1;
  /** `-T`, `--title`. */
  title?: string;
  startedAt: string;
  seconds: number;
  pace: 'quick' | 'full';
  /** The command line, to run it again. */
  command: string;
  environment: Environment;
  scenarios: ScenarioResult[];
  /** With `--base` or `--baseline`: `scenarios` are then those of the last run of head. */
  baseline?: BaselineComparison;
  interrupted: boolean;
}
