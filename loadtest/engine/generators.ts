import { type ChildProcess, fork } from 'node:child_process';
import type { Counts, Durations, GeneratorHealth, RunResult, Sample } from '../result.js';
import { noCounts, sumCounts } from './counts.js';
import type { LoadShape } from './drive-plan.js';
import {
  type FromGenerator,
  type GeneratorOrder,
  HISTOGRAM_NAMES,
  type HistogramName,
  type Snapshot,
  type ToGenerator,
} from './generator-messages.js';
import { DurationHistogram } from './histogram.js';
import { RecentTimes } from './recent.js';

/** Set in the environment of a forked copy of the command: be a generator. */
export const GENERATOR_MARK = 'TIDEGATE_LOADTEST_GENERATOR';

/** What all generator processes are told alike. */
export interface CommonOrder extends Omit<GeneratorOrder, 'users' | 'shape'> {
  shape?: Omit<LoadShape, 'share'>;
}

/** As long as a gateway may take: with seven programs on two cores one was not there after 20 s (2026-11-21). */
const UP_WITHIN_MS = 90_000;

/** The forked generator processes and the sum of what they report. */
export class Generators {
  readonly #children: ChildProcess[] = [];
  readonly #last = new Map<ChildProcess, Snapshot>();
  readonly #histograms: Record<HistogramName, DurationHistogram>;
  readonly #recent = { ttft: new RecentTimes(), latency: new RecentTimes() };
  readonly #finished: Promise<void>[] = [];

  private constructor() {
    this.#histograms = Object.fromEntries(HISTOGRAM_NAMES.map((name) => [name, new DurationHistogram()])) as Record<
      HistogramName,
      DurationHistogram
    >;
  }

  /** Forks `count` copies of the entry file and waits until all are up. */
  static async start(entry: string, count: number): Promise<Generators> {
    const generators = new Generators();
    try {
      await Promise.all(Array.from({ length: count }, () => generators.#fork(entry)));
    } catch (error) {
      generators.stop();
      throw error;
    }
    return generators;
  }

  get pids(): number[] {
    return this.#children.flatMap((child) => child.pid ?? []);
  }

  /** Deals the users out in turn, so that each process gets its share of every ramp step. */
  run(order: CommonOrder, vus: number): Promise<void> {
    const of = this.#children.length;
    for (const [index, child] of this.#children.entries()) {
      const users = Array.from({ length: vus }, (_, user) => user).filter((user) => user % of === index);
      const shape = { ...order.shape, share: { index, of } };
      child.send({ type: 'start', order: { ...order, shape, users } } satisfies ToGenerator);
    }
    return Promise.all(this.#finished).then(() => {});
  }

  /** Streams under way become incomplete; `run` settles soon after. */
  abort(): void {
    for (const child of this.#children) if (child.connected) child.send({ type: 'abort' } satisfies ToGenerator, () => {});
  }

  stop(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }

  counts(): Counts {
    return this.#last.size === 0 ? noCounts() : sumCounts([...this.#last.values()].map((snapshot) => snapshot.counts));
  }

  get inFlight(): number {
    return [...this.#last.values()].reduce((sum, snapshot) => sum + snapshot.inFlight, 0);
  }

  /** Latency p95 so far, milliseconds. */
  get p95(): number {
    return this.#histograms.latency.percentile(95);
  }

  durations(): Durations {
    return Object.fromEntries(HISTOGRAM_NAMES.map((name) => [name, this.#histograms[name].quantiles()]));
  }

  curves(): RunResult['curves'] {
    return Object.fromEntries(HISTOGRAM_NAMES.map((name) => [name, this.#histograms[name].curve()]));
  }

  /** Of the last seconds; to be asked once a second. */
  recent(): Sample['recent'] {
    const [ttft, latency] = [this.#recent.ttft.tick(), this.#recent.latency.tick()];
    return ttft || latency ? { ttft, latency } : undefined;
  }

  /** Epoch milliseconds of the first request and of the last end; 0 when there was none. */
  span(): { firstStart: number; lastEnd: number } {
    const all = [...this.#last.values()].filter((snapshot) => snapshot.firstStart > 0);
    if (all.length === 0) return { firstStart: 0, lastEnd: 0 };
    return { firstStart: Math.min(...all.map((one) => one.firstStart)), lastEnd: Math.max(...all.map((one) => one.lastEnd)) };
  }

  /** The worst of the processes; CPU is measured from outside. */
  health(): Omit<GeneratorHealth, 'cpu'> {
    const all = [...this.#last.values()].map((snapshot) => snapshot.health);
    const worst = (read: (one: (typeof all)[number]) => number): number =>
      all.reduce((most, one) => Math.max(most, read(one)), 0);
    return { processes: this.#children.length, elu: worst((one) => one.elu), loopDelayP99: worst((one) => one.loopDelayP99) };
  }

  #fork(entry: string): Promise<void> {
    const child = fork(entry, [], { env: { ...process.env, [GENERATOR_MARK]: '1' } });
    this.#children.push(child);
    const finished = new Promise<void>((resolve, reject) => {
      child.on('message', (message: FromGenerator) => {
        if (message.type === 'failed') reject(new Error(`a load generator failed: ${message.message}`));
        else if (message.type !== 'up') this.#take(child, message);
        if (message.type === 'finished') resolve();
      });
      child.once('exit', (code, signal) => reject(new Error(`a load generator ended early (${signal ?? `code ${code}`})`)));
      child.once('error', reject);
    });
    finished.catch(() => {});
    this.#finished.push(finished);
    return up(child);
  }

  #take(child: ChildProcess, snapshot: Snapshot): void {
    this.#last.set(child, snapshot);
    for (const name of HISTOGRAM_NAMES) {
      const text = snapshot.histograms[name];
      if (!text) continue;
      this.#histograms[name].addText(text);
      if (name === 'ttft' || name === 'latency') this.#recent[name].addText(text);
    }
  }
}

function up(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`a load generator was not up within ${UP_WITHIN_MS} ms`)), UP_WITHIN_MS);
    child.once('message', () => {
      clearTimeout(timer);
      resolve();
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`a load generator did not start (code ${code})`));
    });
  });
}
