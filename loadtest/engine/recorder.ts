import type { Counts } from '../result.js';
import { countUp, noCounts } from './counts.js';
import { DurationHistogram } from './histogram.js';
import type { Sequence } from './sequence.js';

/** Windows of a run on `performance.now()` of this process, milliseconds. */
export interface Windows {
  /** Streams that begin before are warm-up. */
  measureFrom: number;
  /** No stream begins from here on. */
  stopAt: number;
  /** Requests have a time at which they are due: what was measured from their sending is kept beside. */
  isOpenModel?: boolean;
}

/** How a stream ended when it did not end whole. */
export type Break = 'truncated' | 'timeout' | 'connect' | 'incomplete';

/** What is known of a stream when it ends; times as in `Windows`. */
export interface EndedStream {
  /** When it was due (open model), else when it was sent: what its times are counted from. */
  startedAt: number;
  sentAt: number;
  headersAt: number;
  /** 0: no content came. */
  firstContentAt: number;
  endedAt: number;
  status: number;
  events: number;
  /** The event that says so has come; an answer that is not streamed has none and is whole by the rules of HTTP. */
  done: boolean;
  streamed: boolean;
  failed: boolean;
}

/** The books of one generator process: every request sent is settled exactly once. */
export class Recorder {
  readonly counts: Counts = noCounts();
  readonly latency = new DurationHistogram();
  readonly ttfb = new DurationHistogram();
  readonly ttft = new DurationHistogram();
  readonly gap = new DurationHistogram();
  readonly lag = new DurationHistogram();
  readonly latencyUncorrected = new DurationHistogram();
  readonly ttftUncorrected = new DurationHistogram();
  readonly sendLag = new DurationHistogram();
  readonly #windows: Windows;
  firstStart = 0;
  lastEnd = 0;
  inFlight = 0;

  constructor(windows: Windows) {
    this.#windows = windows;
  }

  /** A request was sent; `dueAt` is another time than `at` in the open model only. */
  sent(at: number, dueAt: number): void {
    const { counts } = this;
    const { measureFrom, stopAt, isOpenModel } = this.#windows;
    counts.sent++;
    this.inFlight++;
    this.firstStart ||= at;
    if (dueAt < measureFrom) counts.warmup++;
    else if (isOpenModel) this.sendLag.record(at - dueAt);
    if (at >= measureFrom && at <= stopAt) counts.steadySent = (counts.steadySent ?? 0) + 1;
  }

  /** An arrival found every user busy. */
  droppedOne(): void {
    this.counts.dropped = (this.counts.dropped ?? 0) + 1;
  }

  /** An event was read so long after it was written. */
  lagOf(readAt: number, milliseconds: number): void {
    if (readAt >= this.#windows.measureFrom) this.lag.record(milliseconds);
  }

  /** What the numbers of a stream's events say; holes count only where the stream claims to be whole. */
  sequenceOf({ seen, missing, doubled, reordered }: Sequence, isWhole: boolean): void {
    const { counts } = this;
    counts.doubled = (counts.doubled ?? 0) + doubled;
    counts.reordered = (counts.reordered ?? 0) + reordered;
    if (!isWhole) return;
    counts.missing = (counts.missing ?? 0) + missing;
    if (seen === 0) counts.unstamped = (counts.unstamped ?? 0) + 1;
  }

  /** A response came to its end by the rules of HTTP; whether it is a whole answer is decided here. */
  completed(stream: EndedStream): void {
    this.#end(stream);
    if (stream.status !== 200) countUp(this.counts.http, String(stream.status));
    else if (stream.failed) this.counts.streamError++;
    else if (stream.done || !stream.streamed) this.#ok(stream);
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
    if (this.#windows.isOpenModel) this.#uncorrected(stream);
  }

  #uncorrected({ sentAt, endedAt, firstContentAt }: EndedStream): void {
    this.latencyUncorrected.record(endedAt - sentAt);
    if (firstContentAt > 0) this.ttftUncorrected.record(firstContentAt - sentAt);
  }

  #end(stream: EndedStream): void {
    this.inFlight--;
    this.lastEnd = Math.max(this.lastEnd, stream.endedAt);
    if (stream.done) this.counts.done++;
  }
}
