import { performance } from 'node:perf_hooks';
import { drive } from './drive.js';
import type { Drive } from './drive-plan.js';
import {
  type FromGenerator,
  type GeneratorOrder,
  HISTOGRAM_NAMES,
  type Snapshot,
  type ToGenerator,
} from './generator-messages.js';
import { HealthWatch } from './health.js';
import { driveOwn } from './open/drive-own.js';
import { Recorder } from './recorder.js';

const SNAPSHOT_MS = 1000;

/** A generator process: waits for its order, drives its users, reports each second, leaves with its parent. */
export function runGenerator(): void {
  // Such signals reach the whole process group; the parent decides what becomes of the run.
  process.on('SIGINT', () => {}).on('SIGTERM', () => {});
  process.on('disconnect', () => process.exit(1));
  let running: GeneratorRun | undefined;
  process.on('message', (message: ToGenerator) => {
    if (message.type === 'abort') running?.abort();
    else {
      running = new GeneratorRun(message.order);
      running.finish().catch((error: Error) => tell({ type: 'failed', message: error.message }));
    }
  });
  tell({ type: 'up' });
}

class GeneratorRun {
  readonly #recorder: Recorder;
  readonly #health = new HealthWatch();
  readonly #drive: Drive;
  readonly #snapshots: NodeJS.Timeout;

  constructor(order: GeneratorOrder) {
    const { measureFrom, stopAt } = order;
    const isOpenModel = order.shape?.arrivals !== undefined;
    this.#recorder = new Recorder({ measureFrom: here(measureFrom), stopAt: here(stopAt), isOpenModel });
    const plan = { ...order, startAt: here(order.startAt), stopAt: here(stopAt) };
    this.#drive = order.engine === 'own' ? driveOwn(plan, this.#recorder) : drive(plan, this.#recorder);
    setTimeout(() => this.#health.begin(), measureFrom - Date.now()).unref();
    setTimeout(() => this.#health.end(), stopAt - Date.now()).unref();
    this.#snapshots = setInterval(() => tell(this.#snapshot('snapshot')), SNAPSHOT_MS);
  }

  abort(): void {
    this.#drive.abort();
  }

  async finish(): Promise<void> {
    await this.#drive.done;
    clearInterval(this.#snapshots);
    tell(this.#snapshot('finished'));
  }

  #snapshot(type: Snapshot['type']): Snapshot {
    const recorder = this.#recorder;
    const histograms: Snapshot['histograms'] = {};
    for (const name of HISTOGRAM_NAMES) histograms[name] = recorder[name].takeText();
    const { counts, inFlight } = recorder;
    const [firstStart, lastEnd] = [epoch(recorder.firstStart), epoch(recorder.lastEnd)];
    return { type, counts, inFlight, firstStart, lastEnd, health: this.#health.read(), histograms };
  }
}

function tell(message: FromGenerator): void {
  // A parent that is gone is noticed by 'disconnect'.
  if (process.connected) process.send?.(message, () => {});
}

/** Epoch milliseconds → this process's monotonic clock, and back. Never-happened stays 0. */
function here(epochMs: number): number {
  return epochMs - performance.timeOrigin;
}

function epoch(hereMs: number): number {
  return hereMs === 0 ? 0 : hereMs + performance.timeOrigin;
}
