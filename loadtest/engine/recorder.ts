import type { Counts } from '../result.js';
import { countUp, noCounts } from './counts.js';
import { DurationHistogram } from './histogram.js';

/** Windows of a run on `performance.now()` of this process, milliseconds. */
export interface Windows {
  /** Streams that begin before are warm-up. */
  measureFrom: number;
  /** No stream begins from here on. */
  stopAt: number;
}

/** How a stream ended when it did not end whole. */
export type Break = 'truncated' | 'timeout' | 'connect' | 'incomplete';

/** What is known of a stream when it ends; times as in `Windows`. */
export interface EndedStream {
  startedAt: number;
  headersAt: number;
  /** 0: no content came. */
  firstContentAt: number;
  endedAt: number;
  status: number;
  events: number;
  done: boolean;
  failed: boolean;
}

/** The books of one generator process: every request sent is settled exactly once. */
export class Recorder {
  readonly counts: Counts = noCounts();
  readonly latency = new DurationHistogram();
  readonly ttfb = new DurationHistogram();
  readonly ttft = new DurationHistogram();
  readonly gap = new DurationHistogram();
  readonly #windows: Windows;
  firstStart = 0;
  lastEnd = 0;
  inFlight = 0;

  constructor(windows: Windows) {
    this.#windows = windows;
  }

  sent(at: number): void {
    this.counts.sent++;
    this.inFlight++;
    this.firstStart ||= at;
    if (at < this.#windows.measureFrom) this.counts.warmup++;
  }

  /** A response came to its end by the rules of HTTP; whether it is a whole answer is decided here. */
  completed(stream: EndedStream): void {
    this.#end(stream);
    if (stream.status !== 200) countUp(this.counts.http, String(stream.status));
    else if (stream.failed) this.counts.streamError++;
    else if (stream.done) this.#ok(stream);
    else {
      this.counts.truncated++;
      countUp(this.counts.causes, 'ended without [DONE]');
    }
  }

  broken(stream: EndedStream, how: Break, cause: string): void {
    this.#end(stream);
    this.counts[how]++;
    if (how !== 'incomplete') countUp(this.counts.causes, cause);
  }

  #ok(stream: EndedStream): void {
    const { counts } = this;
    counts.ok++;
    counts.eventsOfOk += stream.events;
    if (stream.endedAt >= this.#windows.measureFrom && stream.endedAt <= this.#windows.stopAt) {
      counts.steadyOk++;
      counts.steadyEvents += stream.events;
    }
    if (stream.startedAt < this.#windows.measureFrom) return;
    this.latency.record(stream.endedAt - stream.startedAt);
    this.ttfb.record(stream.headersAt - stream.startedAt);
    if (stream.firstContentAt > 0) this.ttft.record(stream.firstContentAt - stream.startedAt);
  }

  #end(stream: EndedStream): void {
    this.inFlight--;
    this.lastEnd = Math.max(this.lastEnd, stream.endedAt);
    if (stream.done) this.counts.done++;
  }
}
