/** The dashboard's heartbeat: one sample a second for all open pages together, and none while nobody looks. */
import type { ServerResponse } from 'node:http';
import { mergeMetrics } from '../metrics/merge.js';
import type { ClusterView } from './cluster-view.js';
import { healthOf, sum } from './health.js';
import { type Pulse, pulseOf, type Totals, totalsOf } from './pulse.js';

const TICK = 1_000;
/** Five minutes of points are kept for a page that opens later. */
const MOST_POINTS = 300;
/** Shares and percentiles look this many samples back. */
const WINDOW = 60;
/** A sample older than this says nothing about the second before. */
const STALE = 5_000;
/** Open pages at most; the next is turned away. */
const MOST_WATCHERS = 32;

/** A point of the charts: rates, and what the workers last reported. */
interface LivePoint extends Pulse {
  readonly inFlight: number;
  /** Mean over the workers, 0 to 1. */
  readonly utilization: number;
  /** Bytes resident. */
  readonly memory: number;
}

export interface LiveFeedOptions {
  readonly cluster: ClusterView;
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

export class LiveFeed {
  private readonly options: LiveFeedOptions;
  private readonly watchers = new Set<ServerResponse>();
  private readonly points: LivePoint[] = [];
  private totals: Totals[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(options: LiveFeedOptions) {
    this.options = options;
  }

  /** Takes the response over until its page closes; false when there are too many already. */
  watch(response: ServerResponse): boolean {
    if (this.watchers.size >= MOST_WATCHERS) return false;
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    this.watchers.add(response);
    response.once('close', () => this.leave(response));
    response.write(event('history', this.points));
    this.timer ??= setInterval(() => void this.tick(), TICK);
    void this.tick();
    return true;
  }

  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    for (const watcher of this.watchers) watcher.end();
    this.watchers.clear();
  }

  private leave(response: ServerResponse): void {
    this.watchers.delete(response);
    if (this.watchers.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private async tick(): Promise<void> {
    try {
      const pulse = this.learn(totalsOf(Date.now(), mergeMetrics(await this.options.cluster.metrics())));
      this.send(event('pulse', { ...this.overview(), pulse }));
    } catch {
      // A worker is just leaving: the next second brings the next sample.
    }
  }

  private learn(now: Totals): LivePoint {
    this.totals = [...this.totals, now].slice(-WINDOW - 1);
    const previous = this.totals.at(-2);
    const fresh = previous !== undefined && now.at - previous.at < STALE ? previous : undefined;
    if (fresh === undefined) this.totals = [now];
    const workers = this.options.cluster.workers();
    const utilization = workers.reduce((total, row) => total + row.utilization, 0) / Math.max(1, workers.length);
    const reported = { inFlight: sum(workers, 'inFlight'), utilization, memory: sum(workers, 'rss') };
    const pulse = { ...pulseOf(fresh, this.totals[0], now), ...reported };
    this.points.push(pulse);
    if (this.points.length > MOST_POINTS) this.points.shift();
    return pulse;
  }

  private overview() {
    const { cluster, version, startedAt } = this.options;
    const { status, ...health } = healthOf(cluster);
    return { version, uptime: Date.now() - startedAt, status, state: cluster.state(), health, workers: cluster.workers() };
  }

  /** A page that does not read misses seconds rather than costing memory. */
  private send(text: string): void {
    for (const watcher of this.watchers) if (!watcher.writableNeedDrain) watcher.write(text);
  }
}

function event(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
