import { Display } from '../display.js';
import type { RunPlan, Sample } from '../result.js';
import { checkLines } from '../thresholds/lines.js';
import type { ScenarioResult } from './findings.js';
import type { Scenario } from './scenario.js';
import type { SuiteWatch } from './watch.js';

/** A suite under way on the terminal: a line when a scenario begins, the live line of its runs, its outcome. */
export class SuiteDisplay implements SuiteWatch {
  readonly #display: Display;

  constructor(wishes: { readonly color: boolean; readonly quiet: boolean; readonly json: boolean }) {
    this.#display = Display.onStandardOutput(wishes);
  }

  begins({ name, number, title }: Scenario, { index, of, seconds }: Parameters<SuiteWatch['begins']>[1]): void {
    this.#display.restart();
    this.#display.say(`\n[${index + 1}/${of}] ${number ? `${number} ` : ''}${name}: ${title} (about ${seconds} s)`);
  }

  sample(sample: Sample, plan: RunPlan): void {
    this.#display.show(sample, plan.vus);
  }

  say(text: string): void {
    this.#display.begin();
    this.#display.say(`  ${text}`);
  }

  progress(share: number): void {
    this.#display.progress(share);
  }

  ended({ outcome, seconds, reason, checks }: ScenarioResult): void {
    this.#display.begin();
    for (const line of checkLines(checks)) this.#display.say(`  ${line}`);
    this.#display.say(`  ${outcome} after ${seconds.toFixed(1)} s${reason === undefined ? '' : `: ${reason}`}`);
  }
}
