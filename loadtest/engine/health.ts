import { type EventLoopUtilization, type IntervalHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks';

/** What one generator process says of itself over a window. */
export interface ProcessHealth {
  /** Event loop utilisation, 0–1. */
  elu: number;
  /** Milliseconds beyond the timer's own period. */
  loopDelayP99: number;
}

/** The monitor's own timer period, which it counts into every delay. */
const RESOLUTION_MS = 10;

/** Watches this process's event loop between `begin` and `end`; before and after nothing counts. */
export class HealthWatch {
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #start: EventLoopUtilization | undefined;
  #end: ProcessHealth | undefined;

  begin(): void {
    this.#delay.enable();
    this.#start = performance.eventLoopUtilization();
  }

  end(): void {
    this.#end ??= this.read();
    this.#delay.disable();
  }

  read(): ProcessHealth {
    if (this.#end) return this.#end;
    if (!this.#start) return { elu: 0, loopDelayP99: 0 };
    const p99 = this.#delay.count === 0 ? 0 : this.#delay.percentile(99) / 1e6 - RESOLUTION_MS;
    return { elu: performance.eventLoopUtilization(this.#start).utilization, loopDelayP99: Math.max(0, p99) };
  }
}
