import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Display } from './display.js';
import { buildGoGateway, goVersion, NoGoError } from './engine/targets/go-build.js';
import { isPeer, whyNoPeer } from './engine/targets/peers.js';
import { readEnvironment } from './environment.js';
import { EXIT } from './exit.js';
import { type LoadWishes, makePlans } from './options.js';
import { writeResults } from './output-files.js';
import { renderProbe } from './probe/render.js';
import { RunProbe } from './probe/run-probe.js';
import type { LivePage } from './report/live/live-page.js';
import { startLive } from './report/live/start-live.js';
import { makeSummary, renderHeader } from './report/report.js';
import { writtenLine } from './report/suite-files.js';
import { reportText } from './report-command.js';
import type { RunPlan, RunResult, Summary } from './result.js';
import { run } from './run.js';
import { type Expression, parseExpression } from './thresholds/expression.js';
import { checkRunThreshold, judgeRun } from './thresholds/run-thresholds.js';

/** Runs what was wished for, one target after another in fresh processes; gives the exit code. */
export async function loadCommand(wishes: LoadWishes, entry: string): Promise<number> {
  try {
    return await new LoadCommand(wishes, entry).execute();
  } catch (error) {
    console.error(`could not run: ${(error as Error).message}`);
    return EXIT.couldNotRun;
  }
}

/** Start, memory afterwards and stop of a run. */
const AROUND_SECONDS = 8;
/** The longest stream of the rounds: so long takes the drain. */
const LONGEST_STREAM_SECONDS = 18;

function expectedSeconds({ idleSeconds, warmupSeconds, durationSeconds, timeScale }: RunPlan): number {
  return AROUND_SECONDS + idleSeconds + warmupSeconds + durationSeconds + LONGEST_STREAM_SECONDS * timeScale;
}

class LoadCommand {
  readonly #wishes: LoadWishes;
  readonly #entry: string;
  readonly #interrupt = new AbortController();
  readonly #display: Display;
  readonly #environment = readEnvironment();
  readonly #notes: string[] = [];
  readonly #thresholds: readonly Expression[];
  readonly #probes: RunProbe[] = [];
  #plans: readonly RunPlan[];
  #live: LivePage | undefined;

  constructor(wishes: LoadWishes, entry: string) {
    this.#wishes = wishes;
    this.#entry = entry;
    this.#thresholds = (wishes.threshold ?? []).map(parseExpression);
    for (const threshold of this.#thresholds) checkRunThreshold(threshold);
    this.#plans = makePlans(wishes);
    this.#display = Display.onStandardOutput(wishes);
  }

  async execute(): Promise<number> {
    const onSignal = (): void => this.#onSignal();
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    const runs: RunResult[] = [];
    this.#live = await startLive(this.#wishes.live, this.#wishes.title);
    try {
      await this.#prepareGo();
      await this.#preparePeers();
      this.#sayComparison();
      for (const plan of this.#plans) if (!this.#interrupt.signal.aborted) runs.push(...(await this.#tryOne(plan)));
    } catch (error) {
      console.error(`could not run: ${(error as Error).message}`);
    } finally {
      await this.#live?.close('The run has ended; its report lies where the command said.');
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    }
    if (runs.length === 0) return this.#interrupt.signal.aborted ? EXIT.interrupted : EXIT.couldNotRun;
    return this.#finish({ ...makeSummary(this.#environment, runs, this.#notes), ...this.#judged(runs) });
  }

  /** Half an hour of runs does not end because one of them could not be made: that one is missing, and said to be. */
  async #tryOne(plan: RunPlan): Promise<RunResult[]> {
    try {
      return [await this.#one(plan)];
    } catch (error) {
      const text = `${plan.label}, run ${plan.repeat ?? 1}: could not run: ${(error as Error).message}`;
      console.error(text);
      this.#notes.push(text);
      return [];
    }
  }

  /** Built before the first run, so that no run shares the machine with a compiler. Without Go the other columns go on. */
  async #prepareGo(): Promise<void> {
    if (!this.#plans.some((plan) => plan.target === 'go')) return;
    try {
      await buildGoGateway(dirname(this.#entry));
      this.#environment.go = await goVersion();
    } catch (error) {
      if (!(error instanceof NoGoError) || this.#wishes.target === 'go') throw error;
      console.error(error.message);
      this.#notes.push(error.message);
      this.#plans = this.#plans.filter((plan) => plan.target !== 'go');
    }
  }

  /** As with Go: what is not there has no column, and the others go on. */
  async #preparePeers(): Promise<void> {
    const { target, peers } = this.#wishes;
    for (const kind of new Set(this.#plans.map((plan) => plan.target).filter(isPeer))) {
      const reason = await whyNoPeer(kind, peers);
      if (reason === undefined) continue;
      if (kind === target) throw new Error(reason);
      this.#display.say(reason);
      this.#notes.push(reason);
      this.#plans = this.#plans.filter((plan) => plan.target !== kind);
    }
  }

  #sayComparison(): void {
    if (this.#plans.length < 2) return;
    const labels = [...new Set(this.#plans.map((plan) => plan.label))].join(', ');
    const seconds = this.#plans.reduce((sum, plan) => sum + expectedSeconds(plan), 0);
    this.#display.say(`${this.#plans.length} runs, interleaved: ${labels}; about ${Math.ceil(seconds / 60)} min`);
  }

  async #one(plan: RunPlan): Promise<RunResult> {
    this.#display.begin();
    this.#display.say(renderHeader(plan, this.#environment));
    const { key, mock, pid, peers } = this.#wishes;
    const probe = await RunProbe.of(this.#wishes, plan, dirname(this.#entry), this.#interrupt.signal);
    if (probe) this.#probes.push(probe);
    return run(plan, {
      ...probe?.hooks,
      entry: this.#entry,
      home: dirname(this.#entry),
      key,
      mockOrigin: mock,
      peers,
      pid,
      onSample: (sample) => {
        this.#display.show(sample, plan.vus);
        this.#live?.sample(sample, plan);
      },
      interrupt: this.#interrupt.signal,
    });
  }

  #judged(runs: readonly RunResult[]): Pick<Summary, 'title' | 'thresholds'> {
    const { title } = this.#wishes;
    const nameOf = ({ plan }: RunResult): string => (runs.length > 1 ? `${plan.label}, run ${plan.repeat ?? 1}: ` : '');
    const thresholds = runs.flatMap((run) => judgeRun(run, this.#thresholds, nameOf(run)));
    return { ...(title !== undefined && { title }), ...(this.#thresholds.length > 0 && { thresholds }) };
  }

  async #finish(summary: Summary): Promise<number> {
    const { out, summaryExport, json } = this.#wishes;
    const place = await writeResults(out, summary);
    if (summaryExport !== undefined) await writeFile(summaryExport, `${JSON.stringify(summary, null, 1)}\n`);
    const probed = await Promise.all(this.#probes.map((probe) => probe.finish(place)));
    if (json) console.log(JSON.stringify(summary));
    else {
      this.#display.begin();
      console.log(`\n${[reportText(summary), ...probed.map(renderProbe), writtenLine(place)].join('\n\n')}`);
    }
    if (this.#interrupt.signal.aborted) return EXIT.interrupted;
    if (summary.runs.length < this.#plans.length) return EXIT.couldNotRun;
    if (summary.invalid.length > 0) return EXIT.invalid;
    return summary.thresholds?.some(({ ok }) => !ok) ? EXIT.thresholdFailed : EXIT.ok;
  }

  /** The first time: end early and report. The second time: leave now; what was started is killed on exit. */
  #onSignal(): void {
    if (this.#interrupt.signal.aborted) process.exit(EXIT.interrupted);
    this.#display.say('interrupted: ending the load, the report follows (once more to leave at once)');
    this.#interrupt.abort();
  }
}
