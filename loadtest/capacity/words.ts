/** The words of capacity: rungs, why a climb ended, the band. Types only. */

/** `users`: closed, each waits for its answer · `rate`: open, streams a second that begin whether or not others have ended. */
export type LoadModel = 'users' | 'rate';

/** One measured window; times in milliseconds. */
export interface Window {
  /** Streams that ended ok, a second. */
  throughput: number;
  ttftP95: number;
  ttftP99: number;
  /** Of each event, from its writing to its reading. */
  lagP99: number;
  /** Streams that ended otherwise, arrivals that were dropped, events that never came. */
  failed: number;
  /** Sent of what was asked for, 0–1; 1 in the closed model. */
  sentShare: number;
  generatorElu: number;
  generatorDelayP99: number;
  /** CPU-seconds of the gateway for 1,000 events. */
  cpuPerThousandEvents: number;
}

/** One level, measured one or several times. */
export interface Rung {
  level: number;
  windows: readonly Window[];
}

/** What must be kept for a rung to count as sustained. */
export interface Promises {
  ttftP99: number;
  lagP99: number;
}

/** `slo`, `errors`: a promise was broken · `flat`: more load gave no more, only longer times · `generator`: the load could not be made. */
export type Fault = 'slo' | 'errors' | 'flat' | 'generator';

export interface Verdict {
  fault?: Fault;
  /** For people: what was seen against what is allowed. */
  detail: string;
}

export interface JudgedRung extends Rung, Verdict {
  /** Measured on the way down, after a rung had failed. */
  isCheck: boolean;
}

/** Why a climb ended: a rung's fault, or there was no higher one, or no time for it. */
export type StopReason = Fault | 'top' | 'time';

export interface Band {
  /** Highest level sustained with none that failed at or below it; undefined: not even the lowest. */
  low?: number;
  /** Lowest level that failed with none sustained at or above it; undefined: none failed. */
  high?: number;
  reason: StopReason;
  detail: string;
  /** Levels that were sustained once and failed once, or failed below one that was sustained: what the band is wide for. */
  contradictions: number;
  /** `low` was sustained again after a higher rung had failed. */
  isConfirmed: boolean;
}
