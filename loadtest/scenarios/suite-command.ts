import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { commandLine } from '../command-line.js';
import { readEnvironment } from '../environment.js';
import { EXIT } from '../exit.js';
import type { LivePage } from '../report/live/live-page.js';
import { startLive } from '../report/live/start-live.js';
import { writeSuite, writtenLine } from '../report/suite-files.js';
import { renderSuite } from '../report/suite-text.js';
import { type Expression, parseExpression } from '../thresholds/expression.js';
import { CATALOGUE } from './catalogue.js';
import { chooseScenarios } from './choose.js';
import type { Outcome, SuiteSummary } from './findings.js';
import { scenarioList } from './list.js';
import { runSuite } from './run-suite.js';
import type { Pace, Scenario } from './scenario.js';
import { SuiteDisplay } from './suite-display.js';
import { checkSuiteWishes, type SuiteOrder } from './suite-wishes.js';
import { watchedBy } from './watchers.js';

/** Runs the scenarios asked for, or lists them; gives the exit code. `entry`: the command's own file. */
export async function suiteCommand(order: SuiteOrder, entry: string, catalogue = CATALOGUE): Promise<number> {
  try {
    checkSuiteWishes(order);
    if (!order.list) return await new SuiteCommand(order, entry, catalogue).execute();
    console.log(scenarioList(catalogue));
    return EXIT.ok;
  } catch (error) {
    console.error(`could not run: ${(error as Error).message}`);
    return EXIT.couldNotRun;
  }
}

class SuiteCommand {
  readonly #order: SuiteOrder;
  readonly #entry: string;
  readonly #scenarios: readonly Scenario[];
  readonly #thresholds: readonly Expression[];
  readonly #interrupt = new AbortController();
  readonly #display: SuiteDisplay;

  /** Throws when a word means nothing: before the first scenario, not after the last. */
  constructor(order: SuiteOrder, entry: string, catalogue: readonly Scenario[]) {
    this.#order = order;
    this.#entry = entry;
    this.#scenarios = order.all ? catalogue : chooseScenarios(catalogue, order.scenario ?? []);
    this.#thresholds = (order.threshold ?? []).map(parseExpression);
    for (const { subject } of this.#thresholds) chooseScenarios(this.#scenarios, [subject]);
    this.#display = new SuiteDisplay(order);
  }

  async execute(): Promise<number> {
    const onSignal = (): void => this.#onSignal();
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    const live = await startLive(this.#order.live, this.#order.title);
    try {
      return await this.#finish(await this.#run(live));
    } finally {
      await live?.close('The run has ended; its report lies where the command said.');
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    }
  }

  async #run(live: LivePage | undefined): Promise<SuiteSummary> {
    const { seed, workers, quick, title, args } = this.#order;
    const pace: Pace = quick ? 'quick' : 'full';
    const startedAt = new Date();
    const watch = live ? watchedBy(this.#display, live) : this.#display;
    const scenarios = await runSuite(this.#scenarios, {
      ...{ pace, seed, workers, home: dirname(this.#entry), entry: this.#entry },
      ...{ interrupt: this.#interrupt.signal, watch, thresholds: this.#thresholds },
    });
    return {
      ...{ kind: 'suite', schemaVersion: 1, ...(title !== undefined && { title }), startedAt: startedAt.toISOString() },
      ...{ seconds: (Date.now() - startedAt.getTime()) / 1000, pace, command: commandLine(args) },
      ...{ environment: readEnvironment(), scenarios, interrupted: this.#interrupt.signal.aborted },
    };
  }

  async #finish(summary: SuiteSummary): Promise<number> {
    const { out, summaryExport, json, color } = this.#order;
    const place = await writeSuite(out, summary);
    if (summaryExport !== undefined) await writeFile(summaryExport, `${JSON.stringify(summary, null, 1)}\n`);
    if (json) console.log(JSON.stringify(summary));
    else console.log(`\n${renderSuite(summary, { color, columns: process.stdout.columns ?? 120 })}\n\n${writtenLine(place)}`);
    return summary.interrupted ? EXIT.interrupted : exitCodeOf(summary.scenarios.map(({ outcome }) => outcome));
  }

  /** The first time: end early and report. The second time: leave now; what was started is killed on exit. */
  #onSignal(): void {
    if (this.#interrupt.signal.aborted) process.exit(EXIT.interrupted);
    this.#display.say('interrupted: ending the scenario, the report follows (once more to leave at once)');
    this.#interrupt.abort();
  }
}

/** A promise that was not kept says most, then a scenario that could not run, then numbers that must not be used. */
export function exitCodeOf(outcomes: readonly Outcome[]): number {
  if (outcomes.includes('fail')) return EXIT.thresholdFailed;
  if (outcomes.includes('error')) return EXIT.couldNotRun;
  return outcomes.includes('invalid') ? EXIT.invalid : EXIT.ok;
}
