/** What a measurement says, as plain data: kept runs are made of these, and tables are made from them alone. Types only. */
import type { Environment } from '../result.js';
import type { Spread } from './statistics.js';

/** Bumped when a field changes its meaning or goes; new fields do not bump it. */
export const BARS_SCHEMA_VERSION = 1;

export type Unit = 'ratio' | 'ms' | 'MB' | 'µs' | 'count';

/** One line of the bars table. */
export interface Bar {
  /** What is measured, as the design says it. */
  what: string;
  unit: Unit;
  better: 'lower' | 'higher';
  bar: number;
  beyond: number;
}

/** One figure reached. The bar is kept with it, so that an old run can be read without the program of its time. */
export interface Figure extends Bar {
  id: string;
  /** Median over the rounds and its extremes. */
  value: Spread;
  /** What stands behind the figure: absolute values with their unit, in words for people. */
  behind: string[];
}

/** A row that this command does not measure, and where its figure comes from. */
export interface Elsewhere {
  what: string;
  where: string;
}

/** How long and how often was measured. */
export interface Pace {
  rounds: number;
  /** Length of one measured window, seconds. */
  windowSeconds: number;
  /** Load before each window that does not count, seconds. */
  settleSeconds: number;
}

export interface Machine extends Environment {
  /** Version of the Node that ran the gateway; `node` is the one that ran this command, the mock and the clients. */
  gatewayNode: string;
  /** One-minute load average before and after; absent for a run that `npm run loadtest` made. */
  load?: [before: number, after: number];
  /** Share of the machine's time that its host gave to others, percent. */
  stealPercent: number;
}

/** One run of the command. */
export interface BarsRun {
  schemaVersion: typeof BARS_SCHEMA_VERSION;
  /** What measured: this command, or a record of `npm run loadtest` that rows were taken from. */
  source: 'bars' | 'round-2' | 'scaling';
  startedAt: string;
  /** The arguments it was given. */
  command: string;
  machine: Machine;
  pace: Pace;
  figures: Figure[];
  /** Why a row has no figure, or why one must be read with care. */
  problems: string[];
}
