/** What the command asks of its client processes, and what they answer. Types only; times in milliseconds. */

/** Where a job's requests go. */
export interface JobTarget {
  origin: string;
  key: string;
  model: string;
}

/** Streams that stay open. */
export interface StreamsOrder extends JobTarget {
  count: number;
  /** Time over which they are opened. */
  rampMs: number;
  /** How often streams that did not open are tried again, for rows in which an opening is not what is measured. Default 0. */
  tries?: number;
}

/** The open streams at one moment. */
export interface StreamsReading {
  /** On this process's monotonic clock. */
  at: number;
  events: number;
  bytes: number;
  open: number;
  /** Streams that got another status than 200, or ended or broke before the client closed them. */
  failed: number;
}

/** New streams at a steady rate, one half on kept connections and one half on new ones. */
export interface ProbesOrder extends JobTarget {
  perSecond: number;
  seconds: number;
}

/** How long each probe waited, less what the mock itself took on purpose (its own stamps say). */
export interface ProbesResult {
  kept: number[];
  fresh: number[];
  failed: number;
}

/** Requests without streaming, one after another on each of so many connections. */
export interface CallsOrder extends JobTarget {
  connections: number;
}

export interface CallsReading {
  at: number;
  done: number;
  failed: number;
}

/** One request at a time, in turn to each target. */
export interface AlternateOrder {
  targets: readonly JobTarget[];
  /** Requests to each before the first that counts, and that count. */
  warmUp: number;
  count: number;
}

/** Job → what it is told and what it answers. */
export interface Jobs {
  /** Answers when the last stream has its head or has failed. */
  openStreams: [StreamsOrder, StreamsReading];
  readStreams: [undefined, StreamsReading];
  probe: [ProbesOrder, ProbesResult];
  startCalls: [CallsOrder, CallsReading];
  readCalls: [undefined, CallsReading];
  /** Latencies per target, in the order asked. */
  alternate: [AlternateOrder, number[][]];
}

export type JobName = keyof Jobs;

export interface Question {
  call: number;
  job: JobName;
  order: Jobs[JobName][0];
}

export type Answer = { call: number; value: Jobs[JobName][1] } | { call: number; error: string };
