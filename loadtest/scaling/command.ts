import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { Display } from '../display.js';
import { whyNoGo } from '../engine/targets/go-build.js';
import { readEnvironment } from '../environment.js';
import { EXIT } from '../exit.js';
import { CpuTree } from './cpu-tree.js';
import { figuresOfPoint } from './figures.js';
import { writeScaling } from './files.js';
import { medianPoints } from './medians.js';
import { NAMES } from './names.js';
import { type ScalingWishes, scalingPlan, scalingPoints } from './plan.js';
import { measurePoint } from './point.js';
import { renderScaling, renderScalingHead } from './report.js';
import { warmWorkers } from './warm-up.js';
import type { PointPlan, PointResult, ScalingPlan, ScalingRecord, ScalingTarget } from './words.js';

/** Start, idle, drain and stop of a point, beside what is measured. */
const AROUND_SECONDS = 6;
/** For each worker; a busy machine takes longer. */
const USUAL_WARM_SECONDS = 2;

/** Measures the curve, prints and writes it; gives the exit code. Whatever happens, no group and no process is left. */
export async function scalingCommand(wishes: ScalingWishes, entry: string): Promise<number> {
  return new ScalingCommand(wishes, entry).execute();
}

class ScalingCommand {
  readonly #wishes: ScalingWishes;
  readonly #entry: string;
  readonly #plan: ScalingPlan;
  readonly #display: Display;
  readonly #interrupt = new AbortController();
  readonly #points: PointResult[] = [];
  readonly #missing: string[] = [];

  constructor(wishes: ScalingWishes, entry: string) {
    this.#wishes = wishes;
    this.#entry = entry;
    this.#plan = scalingPlan(wishes, cpus().length);
    this.#display = Display.onStandardOutput(wishes);
  }

  async execute(): Promise<number> {
    const onSignal = (): void => this.#onSignal();
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    try {
      await this.#measureAll();
    } catch (error) {
      console.error(`could not run: ${(error as Error).message}`);
      if (this.#points.length === 0) return this.#interrupt.signal.aborted ? EXIT.interrupted : EXIT.couldNotRun;
      this.#missing.push(`ended early: ${(error as Error).message}`);
    } finally {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    }
    return this.#finish();
  }

  async #measureAll(): Promise<void> {
    const shares = CpuTree.make();
    const remove = (): void => shares.remove();
    // Leaving by process.exit passes no `finally`. Programs are killed by an earlier listener, so the groups can go.
    process.once('exit', remove);
    try {
      const points = scalingPoints(this.#plan, await this.#targets());
      this.#sayPlan(points);
      for (const point of points) if (!this.#interrupt.signal.aborted) this.#points.push(await this.#one(point, shares));
    } finally {
      process.off('exit', remove);
      remove();
    }
  }

  async #targets(): Promise<ScalingTarget[]> {
    const reason = await whyNoGo();
    if (reason) this.#missing.push(reason);
    return reason ? ['cluster', 'single'] : ['cluster', 'go', 'single'];
  }

  #sayPlan(points: readonly PointPlan[]): void {
    const { freeSeconds, settleSeconds, durationSeconds } = this.#plan;
    const each = freeSeconds + settleSeconds + durationSeconds + AROUND_SECONDS;
    const seconds = points.reduce((sum, point) => sum + each + USUAL_WARM_SECONDS * warmWorkers(point), 0);
    this.#display.say(renderScalingHead(this.#plan, seconds));
    for (const line of this.#missing) this.#display.say(`! ${line}`);
  }

  async #one(point: PointPlan, shares: CpuTree): Promise<PointResult> {
    this.#display.begin();
    this.#display.say(
      `\n${NAMES[point.target]}, ${point.workers} × ${Math.round(100 * this.#plan.share)} % of a core, ${point.users} users`,
    );
    const result = await measurePoint(point, this.#plan, this.#wishes, {
      entry: this.#entry,
      home: dirname(this.#entry),
      shares,
      onSample: (sample) => this.#display.show(sample, point.users),
      interrupt: this.#interrupt.signal,
    });
    const { chunks, used, faults } = figuresOfPoint(result);
    this.#display.say(
      `${Math.round(chunks)} chunks/s on ${(100 * used).toFixed(0)} % of the CPU allowed ${faults.map((one) => `! ${one}`).join(' ')}`,
    );
    return result;
  }

  async #finish(): Promise<number> {
    const record: ScalingRecord = {
      ...{ schemaVersion: 1, kind: 'scaling', environment: readEnvironment(), plan: this.#plan },
      ...{ points: this.#points, missing: this.#missing },
    };
    const place = await writeScaling(this.#wishes.out, record);
    if (this.#wishes.json) console.log(JSON.stringify(record));
    else console.log(`\n${renderScaling(record)}\n\nwritten: ${place}/scaling.json, scaling.txt, scaling.svg`);
    if (this.#interrupt.signal.aborted) return EXIT.interrupted;
    // The yardsticks may keep up where the cluster does not: that is told, and takes nothing from the cluster's own curve.
    const cluster = medianPoints(record.points.map(figuresOfPoint)).filter((point) => point.target === 'cluster');
    return cluster.length > 0 && cluster.every((point) => point.faults.length === 0) ? EXIT.ok : EXIT.invalid;
  }

  /** The first time: end early and report. The second time: leave now. */
  #onSignal(): void {
    if (this.#interrupt.signal.aborted) process.exit(EXIT.interrupted);
    this.#display.say('interrupted: ending the load, the report follows (once more to leave at once)');
    this.#interrupt.abort();
  }
}
