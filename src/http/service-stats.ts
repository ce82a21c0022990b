/** What a serving process tells of itself once a second. */
import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import type { WorkerStats } from '../messages.js';
import { LoopDelay } from '../metrics/loop-delay.js';
import type { Tallies } from '../metrics/record.js';

export class ServiceStats {
  readonly #delay = new LoopDelay();
  #utilization: EventLoopUtilization = performance.eventLoopUtilization();

  /** Since the last call. */
  take(tallies: Tallies, draining: boolean, storeDegraded: boolean): WorkerStats {
    const utilization = performance.eventLoopUtilization();
    const since = performance.eventLoopUtilization(utilization, this.#utilization);
    this.#utilization = utilization;
    const loopDelay = this.#delay.percentile(99);
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
