import { dirname } from 'node:path';
import { readEnvironment } from '../environment.js';
import { writeSuite } from '../report/suite-files.js';
import { renderSuite } from '../report/suite-text.js';
import { CATALOGUE } from '../scenarios/catalogue.js';
import { chooseScenarios } from '../scenarios/choose.js';
import type { ScenarioResult, SuiteSummary } from '../scenarios/findings.js';
import { runSuite } from '../scenarios/run-suite.js';
import type { Pace, Scenario } from '../scenarios/scenario.js';
import { SuiteDisplay } from '../scenarios/suite-display.js';
import { checkSuiteWishes, type SuiteOrder } from '../scenarios/suite-wishes.js';
import { parseExpression } from '../thresholds/expression.js';
import type { Build, Finished, Measured, Subject } from './subject.js';
import type { BaselineComparison } from './words.js';

/** Scenarios, all of them in each run. */
export class SuiteSubject implements Subject {
  readonly seconds: number;
  readonly #order: SuiteOrder;
  readonly #entry: string;
  readonly #scenarios: readonly Scenario[];
  readonly #pace: Pace;
  readonly #display: SuiteDisplay;
  readonly #startedAt = new Date();
  /** Of head's last run. */
  #last: ScenarioResult[] = [];
  #failed = false;
  #interrupted = false;

  /** Throws when the words mean nothing. */
  constructor(order: SuiteOrder, entry: string, catalogue: readonly Scenario[] = CATALOGUE) {
    // Scenarios know no repeats of their own; here they are the number of runs.
    checkSuiteWishes({ ...order, given: new Set([...order.given].filter((name) => name !== 'repeats')) });
    this.#order = order;
    this.#entry = entry;
    this.#scenarios = order.all ? catalogue : chooseScenarios(catalogue, order.scenario ?? []);
    this.#pace = order.quick ? 'quick' : 'full';
    this.seconds = this.#scenarios.reduce((sum, { seconds }) => sum + seconds[this.#pace], 0);
    this.#display = new SuiteDisplay(order);
  }

  async measure({ side, home }: Build, repeat: number, interrupt: AbortSignal): Promise<Measured> {
    this.#display.say(`${side}, run ${repeat}`);
    const { seed, workers, threshold = [] } = this.#order;
    const results = await runSuite(this.#scenarios, {
      ...{ pace: this.#pace, seed, workers, home: dirname(this.#entry), gatewayHome: home, entry: this.#entry },
      ...{ interrupt, watch: this.#display, thresholds: threshold.map(parseExpression) },
    });
    this.#interrupted ||= interrupt.aborted;
    if (side === 'head') this.#keep(results);
    return measuredOf(results);
  }

  #keep(results: ScenarioResult[]): void {
    this.#last = results;
    this.#failed ||= results.some(({ outcome }) => outcome === 'fail');
  }

  async finish(baseline: BaselineComparison | undefined, notes: readonly string[]): Promise<Finished> {
    const { title, args, out, color } = this.#order;
    const [first] = this.#last;
    // What is true of all runs stands with the first scenario: a suite has no notes of its own.
    const scenarios = first ? [{ ...first, notes: [...first.notes, ...notes] }, ...this.#last.slice(1)] : [];
    const summary: SuiteSummary = {
      ...{ kind: 'suite', schemaVersion: 1, title, startedAt: this.#startedAt.toISOString(), pace: this.#pace },
      ...{ seconds: (Date.now() - this.#startedAt.getTime()) / 1000, command: `npm run loadtest -- ${args.join(' ')}` },
      ...{ environment: readEnvironment(), scenarios, baseline, interrupted: this.#interrupted },
    };
    const place = await writeSuite(out, summary);
    const text = renderSuite(summary, { color, columns: process.stdout.columns ?? 120 });
    return { place, text, summary, thresholdFailed: this.#failed };
  }
}

/** Figures of scenarios that ran to their end, kept promises or not; the others' are missing, and said to be. */
export function measuredOf(results: readonly ScenarioResult[]): Measured {
  const usable = results.filter(({ outcome }) => outcome === 'pass' || outcome === 'fail');
  const figures = usable.flatMap(({ name, figures }) => figures.map((figure) => ({ scenario: name, ...figure })));
  const problem = results
    .filter((result) => !usable.includes(result))
    .map(({ name, outcome, reason }) => `${name}: ${outcome}, ${reason ?? 'without a reason'}`)
    .join('; ');
  return { figures, ...(problem !== '' && { problem }) };
}
