import type { RunResult } from '../result.js';

/** Sentences about runs; one that is true of several is said once, with their names. */
export class Remarks {
  readonly #runs: readonly RunResult[];
  readonly #about = new Map<string, RunResult[]>();

  constructor(runs: readonly RunResult[]) {
    this.#runs = runs;
  }

  add(run: RunResult, text: string): void {
    this.#about.set(text, [...(this.#about.get(text) ?? []), run]);
  }

  /** In the order in which they were first said. */
  lines(): string[] {
    return [...this.#about].map(([text, about]) =>
      about.length === this.#runs.length ? text : `${about.map((run) => this.#nameOf(run)).join('; ')}: ${text}`,
    );
  }

  #nameOf({ plan }: RunResult): string {
    const isRepeated = this.#runs.filter((run) => run.plan.label === plan.label).length > 1;
    return isRepeated ? `${plan.label}, run ${plan.repeat ?? 1}` : plan.label;
  }
}
