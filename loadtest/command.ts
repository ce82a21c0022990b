import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Display } from './display.js';
import { readEnvironment } from './environment.js';
import { type LoadWishes, makePlans } from './options.js';
import { writeResults } from './output-files.js';
import { makeSummary, renderHeader, renderReport } from './report/report.js';
import type { RunPlan, RunResult, Summary } from './result.js';
import { run } from './run.js';
import { renderScaling } from './scaling/report.js';
import type { ScalingRecord } from './scaling/words.js';

/** What the command leaves with. */
export const EXIT = { ok: 0, couldNotRun: 1, invalid: 3, interrupted: 130 } as const;

/** Runs what was wished for, one target after another in fresh processes; gives the exit code. */
export async function loadCommand(wishes: LoadWishes, entry: string): Promise<number> {
  return new LoadCommand(wishes, entry).execute();
}

/** Prints the tables of an old `summary.json` or `scaling.json` anew. */
export async function reportCommand(file: string): Promise<number> {
  const kept = JSON.parse(await readFile(file, 'utf8')) as Summary | ScalingRecord;
  if ('kind' in kept) {
    console.log(renderScaling(kept));
    return EXIT.ok;
  }
  const summary = kept;
  if (summary.schemaVersion !== 1) throw new Error(`${file} has schema version ${summary.schemaVersion}; this program reads 1`);
  console.log(renderReport(makeSummary(summary.environment, summary.runs)));
  return EXIT.ok;
}

class LoadCommand {
  readonly #wishes: LoadWishes;
  readonly #entry: string;
  readonly #interrupt = new AbortController();
  readonly #display: Display;
  readonly #environment = readEnvironment();

  constructor(wishes: LoadWishes, entry: string) {
    this.#wishes = wishes;
    this.#entry = entry;
    const out = process.stdout;
    this.#display = new Display({
      isTerminal: out.isTTY === true && !process.env.CI,
      columns: out.columns ?? 120,
      color: wishes.color,
      quiet: wishes.quiet || wishes.json,
      write: (text) => out.write(text),
    });
  }

  async execute(): Promise<number> {
    const onSignal = (): void => this.#onSignal();
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    const runs: RunResult[] = [];
    try {
      for (const plan of makePlans(this.#wishes)) if (!this.#interrupt.signal.aborted) runs.push(await this.#one(plan));
    } catch (error) {
      console.error(`could not run: ${(error as Error).message}`);
      if (runs.length === 0) return this.#interrupt.signal.aborted ? EXIT.interrupted : EXIT.couldNotRun;
    } finally {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    }
    return this.#finish(makeSummary(this.#environment, runs));
  }

  #one(plan: RunPlan): Promise<RunResult> {
    this.#display.begin();
    this.#display.say(renderHeader(plan, this.#environment));
    const { key, mock, pid } = this.#wishes;
    return run(plan, {
      entry: this.#entry,
      home: dirname(this.#entry),
      key,
      mockOrigin: mock,
      pid,
      onSample: (sample) => this.#display.show(sample, plan.vus),
      interrupt: this.#interrupt.signal,
    });
  }

  async #finish(summary: Summary): Promise<number> {
    const place = await writeResults(this.#wishes.out, summary);
    if (this.#wishes.json) console.log(JSON.stringify(summary));
    else {
      this.#display.begin();
      console.log(`\n${renderReport(summary)}\n\nwritten: ${place}/summary.json, samples.csv`);
    }
    if (this.#interrupt.signal.aborted) return EXIT.interrupted;
    if (summary.runs.length < makePlans(this.#wishes).length) return EXIT.couldNotRun;
    return summary.invalid.length > 0 ? EXIT.invalid : EXIT.ok;
  }

  /** The first time: end early and report. The second time: leave now; what was started is killed on exit. */
  #onSignal(): void {
    if (this.#interrupt.signal.aborted) process.exit(EXIT.interrupted);
    this.#display.say('interrupted: ending the load, the report follows (once more to leave at once)');
    this.#interrupt.abort();
  }
}
