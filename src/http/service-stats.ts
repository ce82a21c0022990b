/** What a serving process tells of itself once a second. */
import { type EventLoopUtilization, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { WorkerStats } from '../messages.js';
import type { Tallies } from '../metrics/record.js';

const NANOSECONDS = 1e6;
/** Milliseconds between the monitor's ticks. */
const RESOLUTION = 20;

export class ServiceStats {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  #utilization: EventLoopUtilization = performance.eventLoopUtilization();

  constructor() {
    this.#delay.enable();
  }

  /** Since the last call. */
  take(tallies: Tallies, draining: boolean, storeDegraded: boolean): WorkerStats {
    const utilization = performance.eventLoopUtilization();
    const since = performance.eventLoopUtilization(utilization, this.#utilization);
    this.#utilization = utilization;
    // The histogram holds whole intervals between its own ticks.
    const loopDelay = Math.max(0, this.#delay.percentile(99) / NANOSECONDS - RESOLUTION);
    this.#delay.reset();
    const { rss, heapUsed, external } = process.memoryUsage();
    const { inFlight, connections, requests } = tallies;
    return {
      inFlight,
      connections,
      requests,
      utilization: since.utilization,
      loopDelay,
      rss,
      heapUsed,
      external,
      draining,
      storeDegraded,
    };
  }
}
