/** What the process itself tells: memory, CPU, event loop, garbage collection, file descriptors. Names as Prometheus' Node dashboards know them. */
import { readdirSync } from 'node:fs';
import { constants, type EventLoopUtilization, PerformanceObserver, performance } from 'node:perf_hooks';
import { droppedLines } from '../log.js';
import { LoopDelay } from './loop-delay.js';
import type { SeriesJson } from './metrics-json.js';
import { Counter, Gauge, Histogram } from './series.js';

const GC_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];
const GC_KINDS: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weak_callbacks',
};
const MILLISECONDS = 1e3;
const MICROSECONDS = 1e6;
const QUANTILES = [
  ['0.5', 50],
  ['0.99', 99],
] as const;

/** Watches this process from now on; `stop` lets go of its observer and timer. */
export class ProcessSeries {
  private readonly cpuUser = new Counter({
    name: 'process_cpu_user_seconds_total',
    help: 'User CPU time of all gateway processes.',
  });
  private readonly cpuSystem = new Counter({
    name: 'process_cpu_system_seconds_total',
    help: 'System CPU time of all gateway processes.',
  });
  private readonly start = new Gauge(
    { name: 'process_start_time_seconds', help: 'Start of the process, seconds since the epoch.' },
    'worker',
  );
  private readonly resident = new Gauge({ name: 'process_resident_memory_bytes', help: 'Resident memory.' }, 'worker');
  private readonly descriptors = new Gauge({ name: 'process_open_fds', help: 'Open file descriptors.' }, 'worker');
  private readonly heap = new Gauge({ name: 'nodejs_heap_size_used_bytes', help: 'JavaScript heap in use.' }, 'worker');
  private readonly heapTotal = new Gauge({ name: 'nodejs_heap_size_total_bytes', help: 'JavaScript heap reserved.' }, 'worker');
  private readonly external = new Gauge(
    { name: 'nodejs_external_memory_bytes', help: 'Memory of objects outside the heap, buffers included.' },
    'worker',
  );
  private readonly utilization = new Gauge(
    { name: 'nodejs_eventloop_utilization_ratio', help: 'Share of time the event loop was busy since the last scrape.' },
    'worker',
  );
  private readonly delay = new Gauge(
    { name: 'nodejs_eventloop_lag_seconds', help: 'Event loop delay since the last scrape.', labels: ['quantile'] },
    'worker',
  );
  private readonly collections = new Histogram(
    { name: 'nodejs_gc_duration_seconds', help: 'Pauses of the garbage collector.', labels: ['kind'] },
    GC_SECONDS,
  );
  private readonly logDropped = new Counter({
    name: 'tidegate_log_lines_dropped_total',
    help: 'Log lines lost because stderr was blocked, full or closed.',
  });
  private readonly loopDelay = new LoopDelay();
  private readonly observer: PerformanceObserver;
  private lastUtilization: EventLoopUtilization = performance.eventLoopUtilization();

  constructor() {
    this.observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) this.collections.observe(entry.duration / 1000, gcKind(entry));
    });
    this.observer.observe({ entryTypes: ['gc'] });
    this.start.set(Math.round(performance.timeOrigin) / 1000);
  }

  json(): SeriesJson[] {
    this.logDropped.set(droppedLines());
    this.readMemory();
    this.readCpu();
    this.readLoop();
    const { cpuUser, cpuSystem, start, resident, descriptors, heap, heapTotal, external, utilization, delay } = this;
    const own = [cpuUser, cpuSystem, start, resident, descriptors, heap, heapTotal, external, utilization, delay];
    return [...own, this.collections, this.logDropped].map((series) => series.json());
  }

  stop(): void {
    this.loopDelay.stop();
    this.observer.disconnect();
  }

  private readMemory(): void {
    const memory = process.memoryUsage();
    this.resident.set(memory.rss);
    this.heap.set(memory.heapUsed);
    this.heapTotal.set(memory.heapTotal);
    this.external.set(memory.external);
    this.descriptors.set(openDescriptors());
  }

  private readCpu(): void {
    const cpu = process.cpuUsage();
    this.cpuUser.set(cpu.user / MICROSECONDS);
    this.cpuSystem.set(cpu.system / MICROSECONDS);
  }

  private readLoop(): void {
    const now = performance.eventLoopUtilization();
    this.utilization.set(performance.eventLoopUtilization(now, this.lastUtilization).utilization);
    this.lastUtilization = now;
    for (const [label, percentile] of QUANTILES) this.delay.set(this.loopDelay.percentile(percentile) / MILLISECONDS, label);
    this.loopDelay.reset();
  }
}

function gcKind(entry: object): string {
  const detail: unknown = 'detail' in entry ? entry.detail : undefined;
  const kind = typeof detail === 'object' && detail !== null && 'kind' in detail ? detail.kind : undefined;
  return (typeof kind === 'number' ? GC_KINDS[kind] : undefined) ?? 'other';
}

/** 0 where the system has no /proc. */
function openDescriptors(): number {
  try {
    // Reading the folder opens one itself.
    return readdirSync('/proc/self/fd').length - 1;
  } catch {
    return 0;
  }
}
