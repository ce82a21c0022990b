import { dirname } from 'node:path';
import { Display } from '../display.js';
import { readEnvironment } from '../environment.js';
import { type LoadWishes, makePlans } from '../options.js';
import { writeResults } from '../output-files.js';
import { makeSummary, renderHeader, renderReport } from '../report/report.js';
import { judge } from '../report/validity.js';
import type { RunPlan, RunResult } from '../result.js';
import { run } from '../run.js';
import { parseExpression } from '../thresholds/expression.js';
import { checkLines } from '../thresholds/lines.js';
import { judgeRun } from '../thresholds/run-thresholds.js';
import { roundFigures } from './round-figures.js';
import type { Build, Finished, Measured, Subject } from './subject.js';
import type { BaselineComparison } from './words.js';

/** Start, drain, memory afterwards and stop of a run. */
const AROUND_SECONDS = 20;

/** A plain round of streamed chat. */
export class RoundSubject implements Subject {
  readonly #wishes: LoadWishes;
  readonly #entry: string;
  readonly #plan: RunPlan;
  readonly #display: Display;
  readonly #environment = readEnvironment();
  readonly #runs: RunResult[] = [];

  constructor(wishes: LoadWishes, entry: string) {
    this.#wishes = wishes;
    this.#entry = entry;
    [this.#plan] = makePlans({ ...wishes, repeats: 1 }) as [RunPlan];
    this.#display = Display.onStandardOutput(wishes);
  }

  get seconds(): number {
    const { idleSeconds, warmupSeconds, durationSeconds } = this.#plan;
    return AROUND_SECONDS + idleSeconds + warmupSeconds + durationSeconds;
  }

  async measure({ side, home }: Build, repeat: number, interrupt: AbortSignal): Promise<Measured> {
    const plan = { ...this.#plan, label: `${side}: ${this.#plan.label}`, repeat };
    this.#display.begin();
    if (this.#runs.length === 0) this.#display.say(renderHeader(plan, this.#environment));
    else this.#display.say(`${plan.label}, run ${repeat}`);
    const { key, mock, pid } = this.#wishes;
    const result = await run(plan, {
      ...{ entry: this.#entry, home: dirname(this.#entry), gatewayHome: home, key, mockOrigin: mock, pid, interrupt },
      onSample: (sample) => this.#display.show(sample, plan.vus),
    });
    this.#runs.push(result);
    const problem = result.interrupted ? 'interrupted' : judge(result).invalid.join('; ');
    return problem === '' ? { figures: roundFigures(result) } : { problem };
  }

  async finish(baseline: BaselineComparison | undefined, notes: readonly string[]): Promise<Finished> {
    const { title, out, threshold = [] } = this.#wishes;
    const heads = this.#runs.filter(({ plan }) => plan.label.startsWith('head'));
    const expressions = threshold.map(parseExpression);
    const thresholds = heads.flatMap((one) => judgeRun(one, expressions, `run ${one.plan.repeat}: `));
    const summary = { ...makeSummary(this.#environment, this.#inOrder(), baseline ? [] : notes), title, thresholds, baseline };
    const place = await writeResults(out, summary);
    this.#display.begin();
    const text = [...(title ? [title] : []), ...checkLines(thresholds), renderReport(summary)].join('\n\n');
    return { place, text, summary, thresholdFailed: thresholds.some(({ ok }) => !ok) };
  }

  /** Head first: the tables are divided by the first. */
  #inOrder(): RunResult[] {
    return this.#runs.toSorted((a, b) => b.plan.label.localeCompare(a.plan.label));
  }
}
