/** Remembers what workers counted, so that a worker's death does not take the cluster's sums back. */
import { MetricsArchive } from '../metrics/merge.js';
import type { MetricsJson } from '../metrics/metrics-json.js';
import { mergeUsage, type UsageTable } from '../metrics/usage-table.js';
import type { Counts } from './supervisor.js';
import type { WorkerLink } from './worker-link.js';

/** How often live workers are asked, in milliseconds: the most that a killed one takes with it. */
const REFRESH = 5_000;

/** A worker as busy as this, or not heard for two ticks, may answer late: its last counts stand in rather than keep who asks waiting. */
const BUSY = 0.9;
/** Milliseconds. */
const PATIENCE_WITH_BUSY = 150;

export class CountKeeper {
  readonly #metrics = new MetricsArchive();
  readonly #usage = new Map<WorkerLink, UsageTable>();
  #departedUsage: UsageTable = [];
  readonly #timer: NodeJS.Timeout;

  /** `links` names whom to ask. */
  constructor(links: () => readonly WorkerLink[]) {
    this.#timer = setInterval(() => {
      void this.metrics(links());
      void this.usage(links());
    }, REFRESH);
    this.#timer.unref();
  }

  /** What a worker counted so far; what is not given stays as it was. */
  note(link: WorkerLink, counts: Partial<Counts>): void {
    // Named here: two workers of one slot live side by side while it is renewed.
    if (isMetrics(counts.metrics)) this.#metrics.note({ ...counts.metrics, worker: String(link.id) });
    if (Array.isArray(counts.usage)) this.#usage.set(link, counts.usage as UsageTable);
  }

  /** The worker is gone: its last counts join the sums. */
  depart(link: WorkerLink): void {
    this.#metrics.depart(String(link.id));
    this.#departedUsage = mergeUsage([this.#departedUsage, this.#usage.get(link) ?? []]);
    this.#usage.delete(link);
  }

  /** Everybody's series, fresh where the worker answers in time. */
  async metrics(links: readonly WorkerLink[]): Promise<MetricsJson[]> {
    await Promise.all(links.map((link) => this.#refresh(link, 'metrics')));
    return this.#metrics.all();
  }

  /** Everybody's usage, fresh where the worker answers in time. */
  async usage(links: readonly WorkerLink[]): Promise<UsageTable> {
    await Promise.all(links.map((link) => this.#refresh(link, 'usage')));
    return mergeUsage([this.#departedUsage, ...this.#usage.values()]);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #refresh(link: WorkerLink, inquiry: keyof Counts): Promise<void> {
    if (!link.wasReady) return;
    try {
      const answer = await link.ask(inquiry, isLate(link) ? PATIENCE_WITH_BUSY : undefined);
      if (link.connected) this.note(link, { [inquiry]: answer });
    } catch {
      // Its last known counts stand in.
    }
  }
}

function isLate({ stats, silentTicks }: WorkerLink): boolean {
  return silentTicks > 1 || (stats?.utilization ?? 0) > BUSY;
}

function isMetrics(value: unknown): value is MetricsJson {
  return typeof value === 'object' && value !== null && 'worker' in value && 'series' in value;
}
