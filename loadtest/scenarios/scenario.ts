/** What a scenario is and what it may use. Types only: scenarios are one file each, listed in `catalogue.ts`. */

import type { Program } from '../engine/targets/program.js';
import type { MockSettings, RunningTarget, TargetKind, TargetSettings } from '../engine/targets/target.js';
import type { RunPlan, RunResult } from '../result.js';
import type { Findings } from './findings.js';

/** `quick`: all scenarios together in under 15 minutes on two cores; `full`: the lengths of the seed documents. */
export type Pace = 'quick' | 'full';

export interface Scenario {
  /** What `--scenario` takes: lower case words with hyphens. */
  readonly name: string;
  /** Its number in the seed's list, taken by `--scenario` too: `3`, `1b`. */
  readonly number?: string;
  /** One line: what is shown. */
  readonly title: string;
  /** `seed 002, scenario 3`. */
  readonly source: string;
  /** Roughly how long it takes. */
  readonly seconds: Readonly<Record<Pace, number>>;
  /** Throws only when it could not run; a promise that is not kept is a check that is not ok. */
  run(stage: Stage): Promise<Findings>;
}

/** What the frame lends a scenario. Whatever is started here is stopped when the scenario ends, however it ends. */
export interface Stage {
  readonly pace: Pace;
  readonly seed: number;
  /** Worker processes of a `cluster` target. */
  readonly workers: number;
  /** Folder of the built programs. */
  readonly home: string;
  /** Fires when the user interrupts: end early with what there is. */
  readonly interrupt: AbortSignal;
  startMock(settings: Omit<MockSettings, 'home'>): Promise<Program>;
  startTarget(kind: TargetKind, settings: Omit<TargetSettings, 'home'>): Promise<RunningTarget>;
  /** One measured run of streamed chat: its own fresh mock, target and generators. Absent fields are the round 1 defaults. */
  measure(plan: Partial<RunPlan> & { readonly target: string }, extra?: MeasureExtra): Promise<RunResult>;
  /** One line under the live line: `rung 3 of 6: 400 users`. */
  say(text: string): void;
  /** A number between 0 and 1 for the progress bar. */
  progress(share: number): void;
}

/** What a run may do besides its load. */
export interface MeasureExtra {
  /** Top-level sections of the gateway's config file, in place of what would stand there. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** More flags of the mock. */
  readonly mockArgs?: readonly string[];
  /** Of a target given as URL, which is not started for the run: the key to present, the mock behind it, the process to watch. */
  readonly key?: string;
  readonly mockOrigin?: string;
  readonly pid?: number;
  /** The load runs: strike now (kill a worker, send SIGUSR2, stop Redis). Settled before the run ends. */
  duringLoad?(target: {
    readonly pid: number;
    readonly origin: string;
    readonly adminOrigin?: string;
    readonly mockOrigin: string;
  }): Promise<void>;
}
