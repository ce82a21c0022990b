/** Who looks on while a suite runs: the terminal, the live page. Types only; a watcher must not throw. */
import type { RunPlan, Sample } from '../result.js';
import type { ScenarioResult } from './findings.js';
import type { Scenario } from './scenario.js';

export interface SuiteWatch {
  /** A scenario begins; `index` from 0. */
  begins(scenario: Scenario, place: { readonly index: number; readonly of: number; readonly seconds: number }): void;
  /** One second of a measured run. */
  sample(sample: Sample, plan: RunPlan): void;
  say(text: string): void;
  /** Share of the scenario that is done, 0–1. */
  progress(share: number): void;
  ended(result: ScenarioResult): void;
}
