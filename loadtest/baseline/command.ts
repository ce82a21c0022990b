import { dirname } from 'node:path';
import { interleave } from '../bars/interleave.js';
import { readEnvironment } from '../environment.js';
import { EXIT } from '../exit.js';
import { type BaseBuild, prepareBase } from './base-build.js';
import { compareSides, type Side } from './compare.js';
import { keepBaseline, readBaseline } from './kept-baseline.js';
import { sampleFigures } from './sample-figures.js';
import type { Build, Measured, Subject } from './subject.js';
import { renderComparison } from './table.js';
import { type BaselineWishes, checkBaselineWishes, DEFAULT_MAX_REGRESSION, isSideBySide, USUAL_RUNS } from './wishes.js';
import type { BaselineComparison, KeptBaseline } from './words.js';

/** What the command was asked for, with the words it was asked in. */
export interface BaselineOrder extends BaselineWishes {
  args: readonly string[];
  json: boolean;
  quiet: boolean;
}

/**
 * Runs this build, in turn with another where one is asked for; keeps and compares. Gives the exit code: 99 for a
 * regression found side by side, 3 when the runs cannot tell. `makeSubject` throws when the words mean nothing.
 */
export async function baselineCommand(order: BaselineOrder, makeSubject: () => Subject, entry: string): Promise<number> {
  try {
    checkBaselineWishes(order);
    return await new BaselineCommand(order, makeSubject(), entry).execute();
  } catch (error) {
    console.error(`could not run: ${(error as Error).message}`);
    return EXIT.couldNotRun;
  }
}

class BaselineCommand {
  readonly #order: BaselineOrder;
  readonly #subject: Subject;
  readonly #entry: string;
  readonly #interrupt = new AbortController();
  readonly #environment = readEnvironment();
  readonly #startedAt = new Date().toISOString();
  readonly #notes: string[] = [];
  #kept: KeptBaseline | undefined;
  /** Runs that came to an end, to be used or not. */
  #made = 0;

  constructor(order: BaselineOrder, subject: Subject, entry: string) {
    this.#order = order;
    this.#subject = subject;
    this.#entry = entry;
  }

  async execute(): Promise<number> {
    const { baseline, baselines } = this.#order;
    if (baseline !== undefined) this.#kept = await readBaseline(baselines, baseline);
    const onSignal = (): void => this.#onSignal();
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    const base = isSideBySide(this.#order) ? await this.#prepareBase() : undefined;
    try {
      return await this.#finish(await this.#measure(base), base);
    } finally {
      await base?.remove();
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    }
  }

  /** The revision given, or that of the kept baseline: its figures are of another time, its program can be run again. */
  #prepareBase(): Promise<BaseBuild> {
    const { base = this.#kept?.environment.commit.replace('+', '') ?? '' } = this.#order;
    if (this.#kept?.environment.commit.endsWith('+'))
      this.#notes.push(`the kept baseline was made with changes that were not committed; ${base} is run without them`);
    this.#say(`building ${base} aside`);
    return prepareBase(base, dirname(this.#entry));
  }

  /** The number of runs is fixed before the first: none is added because the result was not liked. */
  #measure(base: BaseBuild | undefined): Promise<Map<Build['side'], Measured[]>> {
    const { repeats = USUAL_RUNS } = this.#order;
    const sides: Build['side'][] = base ? ['base', 'head'] : ['head'];
    const minutes = Math.ceil((repeats * sides.length * this.#subject.seconds) / 60);
    this.#say(`${repeats} runs of ${sides.join(' and ')}${base ? ', in turn' : ''}; about ${minutes} min`);
    const counts = { base: 0, head: 0 };
    return interleave(sides, repeats, (side) =>
      this.#one({ side, ...(side === 'base' && { home: base?.home }) }, ++counts[side]),
    );
  }

  async #one(build: Build, repeat: number): Promise<Measured> {
    if (this.#interrupt.signal.aborted) return {};
    const measured = await this.#subject
      .measure(build, repeat, this.#interrupt.signal)
      .then((made) => {
        this.#made++;
        return made;
      })
      .catch((error: Error): Measured => ({ problem: `could not run: ${error.message}` }));
    if (measured.problem)
      this.#notes.push(`${build.side}, run ${repeat}${measured.figures ? '' : ', left out'}: ${measured.problem}`);
    return measured;
  }

  async #finish(measured: Map<Build['side'], Measured[]>, base: BaseBuild | undefined): Promise<number> {
    const head = this.#side('head', 'this build', measured.get('head') ?? []);
    const gate = base && this.#gate(head, this.#side('base', this.#sourceOfBase(), measured.get('base') ?? [], base.commit));
    const trend = this.#kept && this.#trend(head, this.#kept, gate ? [] : this.#notes);
    const finished = await this.#subject.finish(gate ?? trend, this.#notes);
    const saved = await this.#save(head);
    if (this.#order.json) console.log(JSON.stringify(finished.summary));
    else {
      const comparisons = [gate, trend].filter((one) => one !== undefined).map(renderComparison);
      const written = [`written: ${finished.place}`, ...(saved ? [`baseline kept: ${saved}`] : [])].join('\n');
      console.log(`\n${[finished.text, ...comparisons, written].join('\n\n')}`);
    }
    if (this.#interrupt.signal.aborted) return EXIT.interrupted;
    if (gate?.outcome === 'regression' || finished.thresholdFailed) return EXIT.thresholdFailed;
    if (this.#made === 0) return EXIT.couldNotRun;
    return head.figures.length === 0 || gate?.outcome === 'undecided' ? EXIT.invalid : EXIT.ok;
  }

  #gate(head: Side, base: Side): BaselineComparison {
    const { maxRegression = DEFAULT_MAX_REGRESSION } = this.#order;
    return compareSides(base, head, { kind: 'side-by-side', maxRegression, notes: this.#notes });
  }

  #trend(head: Side, { name, keptAt, environment, figures }: KeptBaseline, notes: readonly string[]): BaselineComparison {
    const { maxRegression = DEFAULT_MAX_REGRESSION } = this.#order;
    const base: Side = { name, source: name, startedAt: keptAt, environment, figures };
    return compareSides(base, head, { kind: 'trend', maxRegression, notes });
  }

  #sourceOfBase(): string {
    return this.#order.base ?? `the revision of ${this.#order.baseline}`;
  }

  #side(name: Build['side'], source: string, runs: readonly Measured[], commit = this.#environment.commit): Side {
    const figures = sampleFigures(runs.map((run) => run.figures));
    return { name, source, startedAt: this.#startedAt, environment: { ...this.#environment, commit }, figures };
  }

  async #save({ figures }: Side): Promise<string | undefined> {
    const { saveBaseline: name, baselines, args, repeats = USUAL_RUNS } = this.#order;
    if (name === undefined || this.#interrupt.signal.aborted || figures.length === 0) return undefined;
    return keepBaseline(baselines, {
      ...{ kind: 'baseline', schemaVersion: 1, name, keptAt: this.#startedAt, command: `npm run loadtest -- ${args.join(' ')}` },
      ...{ environment: this.#environment, runs: repeats, figures: [...figures] },
    });
  }

  #say(text: string): void {
    if (!this.#order.quiet && !this.#order.json) console.log(text);
  }

  /** The first time: end early and report. The second time: leave now; what was started is killed on exit. */
  #onSignal(): void {
    if (this.#interrupt.signal.aborted) process.exit(EXIT.interrupted);
    this.#say('interrupted: ending the run, the report follows (once more to leave at once)');
    this.#interrupt.abort();
  }
}
