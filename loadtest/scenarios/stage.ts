import type { Program } from '../engine/targets/program.js';
import {
  type MockSettings,
  type RunningTarget,
  startMock,
  startTarget,
  type TargetKind,
  type TargetSettings,
} from '../engine/targets/target.js';
import { type LoadWishes, makePlans } from '../options.js';
import type { RunPlan, RunResult, Sample } from '../result.js';
import { run } from '../run.js';
import type { MeasureExtra, Pace, Stage } from './scenario.js';

export interface StageSettings {
  pace: Pace;
  seed: number;
  workers: number;
  /** Folder of the built programs. */
  home: string;
  /** Folder of another build of the gateway, to be measured in place of that in `home`. */
  gatewayHome?: string;
  /** The command's own file, to fork load generators from. */
  entry: string;
  /** Fires when the scenario shall end early. */
  interrupt: AbortSignal;
  onSample(sample: Sample, plan: RunPlan): void;
  say(text: string): void;
  progress(share: number): void;
}

/** A measured run that was told to end has its processes stopped within this. */
const CLOSE_WITHIN_MS = 20_000;

/** The stage of one scenario. Owns all that the scenario started, until `close`. */
export class ScenarioStage implements Stage {
  readonly pace: Pace;
  readonly seed: number;
  readonly workers: number;
  readonly home: string;
  readonly entry: string;
  readonly interrupt: AbortSignal;
  readonly #settings: StageSettings;
  /** In the order of their starts; a start under way counts, or what it starts would be nobody's. */
  readonly #started: Promise<{ stop(): Promise<void> }>[] = [];
  readonly #runs = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();

  constructor(settings: StageSettings) {
    this.#settings = settings;
    this.pace = settings.pace;
    this.seed = settings.seed;
    this.workers = settings.workers;
    this.home = settings.home;
    this.entry = settings.entry;
    this.interrupt = AbortSignal.any([settings.interrupt, this.#closing.signal]);
  }

  async startMock(settings: Omit<MockSettings, 'home'>): Promise<Program> {
    return this.#own(() => startMock({ seed: this.seed, ...settings, home: this.home }));
  }

  async startTarget(kind: TargetKind, settings: Omit<TargetSettings, 'home'>): Promise<RunningTarget> {
    const { gatewayHome } = this.#settings;
    return this.#own(() => startTarget(kind, { workers: this.workers, gatewayHome, ...settings, home: this.home }));
  }

  async measure(plan: Partial<RunPlan> & { readonly target: string }, extra: MeasureExtra = {}): Promise<RunResult> {
    this.#mustBeOpen();
    const whole = this.#planOf(plan);
    const running = run(whole, {
      ...extra,
      entry: this.entry,
      home: this.home,
      gatewayHome: this.#settings.gatewayHome,
      interrupt: this.interrupt,
      onSample: (sample) => this.#settings.onSample(sample, whole),
    });
    this.#runs.add(running);
    return running.finally(() => this.#runs.delete(running));
  }

  say(text: string): void {
    this.#settings.say(text);
  }

  progress(share: number): void {
    this.#settings.progress(Math.min(1, Math.max(0, share)));
  }

  /** Stops whatever runs, the last started first. Never rejects; what cannot be stopped is told. */
  async close(): Promise<void> {
    this.#closing.abort();
    await within(CLOSE_WITHIN_MS, Promise.allSettled(this.#runs));
    for (const starting of this.#started.toReversed()) {
      const stopping = starting.then((one) => one.stop());
      await within(CLOSE_WITHIN_MS, stopping).catch((error: Error) => this.say(`could not stop: ${error.message}`));
    }
  }

  #own<One extends { stop(): Promise<void> }>(start: () => Promise<One>): Promise<One> {
    this.#mustBeOpen();
    const starting = start();
    this.#started.push(starting);
    // One that did not start has told its caller and left nothing to stop.
    starting.catch(() => this.#started.splice(this.#started.indexOf(starting), 1));
    return starting;
  }

  #mustBeOpen(): void {
    if (this.#closing.signal.aborted) throw new Error('the scenario is over');
  }

  /** The defaults that follow from others (ramp, idle time, generators) are those of a plain round of that size. */
  #planOf(plan: Partial<RunPlan> & { readonly target: string }): RunPlan {
    const { target, vus, durationSeconds } = plan;
    const wishes: LoadWishes = {
      ...{ target, vus: vus ?? 50, duration: durationSeconds ?? 60, credentials: 20, workers: plan.workers ?? this.workers },
      ...{ warmup: 0, think: [0, 0], seed: this.seed, timeScale: 1, grace: 60, timeout: 120, model: 'mock-round' },
      ...{ out: '', json: false, quiet: true, color: false },
    };
    const [first] = makePlans(wishes);
    return { ...(first as RunPlan), ...plan };
  }
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
