/** One scenario after another, each with its own stage; whatever becomes of one, the rest go on. */
import type { Expression } from '../thresholds/expression.js';
import type { Findings, ScenarioResult } from './findings.js';
import { judgeFindings } from './judge-findings.js';
import type { Pace, Scenario } from './scenario.js';
import { ScenarioStage, type StageSettings } from './stage.js';
import type { SuiteWatch } from './watch.js';

/** What all stages have in common, and how they follow each other. */
export interface SuiteSettings extends Omit<StageSettings, 'onSample' | 'say' | 'progress'> {
  /** Fires when the user interrupts: the scenario that runs ends early, the rest are not begun. */
  interrupt: AbortSignal;
  watch: SuiteWatch;
  /** More thresholds: their subject is a scenario's name or number, their measure one of its figures. */
  thresholds?: readonly Expression[];
  /** Milliseconds that a scenario may take; default: by its own estimate, generously. */
  boundMs?(scenario: Scenario): number;
  /** Milliseconds that a scenario is given to end after an interrupt. */
  graceMs?: number;
}

/** A busy machine takes longer; a scenario that hangs must not hold the others up for ever. */
function usualBound({ seconds }: Scenario, pace: Pace): number {
  return (seconds[pace] * 3 + 60) * 1000;
}

const INTERRUPT_GRACE_MS = 20_000;

/** Runs the scenarios; those that were not begun when the user interrupted have no result. Never rejects. */
export async function runSuite(scenarios: readonly Scenario[], settings: SuiteSettings): Promise<ScenarioResult[]> {
  const results: ScenarioResult[] = [];
  for (const [index, scenario] of scenarios.entries()) {
    if (settings.interrupt.aborted) break;
    settings.watch.begins(scenario, { index, of: scenarios.length, seconds: scenario.seconds[settings.pace] });
    const result = await runScenario(scenario, settings);
    results.push(result);
    settings.watch.ended(result);
  }
  return results;
}

/** One scenario from start to stop. Never rejects: what goes wrong is its outcome. */
async function runScenario(scenario: Scenario, settings: SuiteSettings): Promise<ScenarioResult> {
  const { watch, interrupt } = settings;
  const startedAt = new Date();
  const stage = new ScenarioStage({
    ...settings,
    onSample: (sample, plan) => watch.sample(sample, plan),
    say: (text) => watch.say(text),
    progress: (share) => watch.progress(share),
  });
  const found = await new Watchdog(scenario, settings).run(() => scenario.run(stage));
  await stage.close();
  const { name, number, title, source } = scenario;
  return {
    ...{ name, ...(number !== undefined && { number }), title, source, startedAt: startedAt.toISOString() },
    seconds: (Date.now() - startedAt.getTime()) / 1000,
    ...judgeFindings(found, scenario, { interrupted: interrupt.aborted, thresholds: settings.thresholds ?? [] }),
  };
}

/** Lets a scenario run until it ends, fails, loses an error of its own, takes too long, or does not heed an interrupt. */
class Watchdog {
  readonly #boundMs: number;
  readonly #settings: SuiteSettings;
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(scenario: Scenario, settings: SuiteSettings) {
    this.#boundMs = settings.boundMs?.(scenario) ?? usualBound(scenario, settings.pace);
    this.#settings = settings;
  }

  run(work: () => Promise<Findings>): Promise<Findings | Error> {
    return new Promise((resolve) => {
      const fail = (error: unknown): void => resolve(error instanceof Error ? error : new Error(String(error)));
      const onInterrupt = (): void =>
        this.#after(this.#settings.graceMs ?? INTERRUPT_GRACE_MS, () => fail(new Error('did not end when interrupted')));
      const { interrupt } = this.#settings;
      this.#after(this.#boundMs, () => fail(new Error(`hung: no end within ${Math.round(this.#boundMs / 1000)} s`)));
      interrupt.addEventListener('abort', onInterrupt, { once: true });
      process.on('unhandledRejection', fail).on('uncaughtException', fail);
      const settled = new Promise<Findings>((done) => done(work()));
      void settled.then(resolve, fail);
      this.#ends = () => {
        interrupt.removeEventListener('abort', onInterrupt);
        process.off('unhandledRejection', fail).off('uncaughtException', fail);
      };
    }).finally(() => this.#end()) as Promise<Findings | Error>;
  }

  #ends: () => void = () => {};

  #end(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#ends();
  }

  #after(milliseconds: number, act: () => void): void {
    this.#timers.push(setTimeout(act, milliseconds));
  }
}
