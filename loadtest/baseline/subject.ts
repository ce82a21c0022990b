/** What is run again and again to compare two builds: a plain round, or scenarios. Types only. */

import type { RunFigure } from './sample-figures.js';
import type { BaselineComparison } from './words.js';

/** One of the two builds. */
export interface Build {
  side: 'base' | 'head';
  /** Folder of the gateway's programs; absent: this build. */
  home?: string;
}

export interface Measured {
  /** Absent: the run must not be used, `problem` says why. */
  figures?: RunFigure[];
  problem?: string;
}

export interface Subject {
  /** For one run, with start and stop. */
  readonly seconds: number;
  /** One run in fresh processes; `repeat` from 1. Rejects when it could not be made. */
  measure(build: Build, repeat: number, interrupt: AbortSignal): Promise<Measured>;
  /** Writes what was measured and what came of it; gives the folder. `text`: the report without the comparison. */
  finish(comparison: BaselineComparison | undefined, notes: readonly string[]): Promise<Finished>;
}

export interface Finished {
  place: string;
  text: string;
  /** The whole summary, for `--json`. */
  summary: unknown;
  /** Thresholds of the user or of a scenario, of head's runs. */
  thresholdFailed: boolean;
}
