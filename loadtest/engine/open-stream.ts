import { performance } from 'node:perf_hooks';
import { classifyEvent } from './classify-event.js';
import { EventSplitter } from './event-splitter.js';
import type { Break, EndedStream, Recorder } from './recorder.js';
import type { StampForm } from './stamp.js';
import { StampWatch } from './stamp-watch.js';

/** What kind of answer is awaited. */
export interface AnswerForm {
  streamed: boolean;
  /** Absent: the model does not stamp, and no time is spent on looking. */
  stamps?: StampForm;
}

/** The request that one virtual user has under way, if any. One object per user, used again for each stream. */
export class OpenStream {
  readonly #recorder: Recorder;
  readonly #splitter = new EventSplitter();
  readonly #onEvent = (event: Buffer): void => this.#event(event);
  readonly #streamed: boolean;
  readonly #stamps: StampWatch | undefined;
  #facts: EndedStream;
  #lastContentAt = 0;
  /** When the bytes at hand were read: one clock reading a read, not one an event. */
  #readAt = 0;
  isOpen = false;

  constructor(recorder: Recorder, { streamed, stamps }: AnswerForm) {
    this.#recorder = recorder;
    this.#streamed = streamed;
    this.#stamps = stamps && streamed ? new StampWatch(recorder, stamps) : undefined;
    this.#facts = freshFacts(0, 0, streamed);
  }

  get hasStatus(): boolean {
    return this.#facts.status !== 0;
  }

  /** A request is sent now; `dueAt`: when it should have been, on the same clock (open model). */
  start(dueAt?: number): void {
    const now = performance.now();
    this.isOpen = true;
    this.#facts = freshFacts(dueAt ?? now, now, this.#streamed);
    this.#lastContentAt = 0;
    this.#splitter.reset();
    this.#stamps?.start();
    this.#recorder.sent(now, dueAt ?? now);
  }

  headers(status: number): void {
    this.#facts.status = status;
    this.#facts.headersAt = performance.now();
  }

  body(piece: Buffer, endsChunk: boolean): void {
    const { counts } = this.#recorder;
    this.#readAt = performance.now();
    counts.bytes += piece.length;
    if (endsChunk) counts.httpChunks++;
    if (this.#streamed && this.#facts.status === 200) this.#splitter.push(piece, this.#onEvent);
  }

  complete(): void {
    if (!this.#close()) return;
    this.#stamps?.end(this.#facts.done && !this.#facts.failed);
    this.#recorder.completed(this.#facts);
  }

  broken(how: Break, cause: string): void {
    if (!this.#close()) return;
    this.#stamps?.end(false);
    this.#recorder.broken(this.#facts, how, cause);
  }

  #close(): boolean {
    const wasOpen = this.isOpen;
    this.isOpen = false;
    this.#facts.endedAt = performance.now();
    return wasOpen;
  }

  #event(event: Buffer): void {
    const kind = classifyEvent(event);
    if (kind === 'comment') return;
    this.#facts.events++;
    this.#recorder.counts.events++;
    this.#stamps?.event(event, kind, this.#readAt);
    if (kind === 'content') this.#content();
    else if (kind === 'done') this.#facts.done = true;
    else if (kind === 'error') this.#facts.failed = true;
  }

  #content(): void {
    this.#recorder.counts.contentEvents++;
    if (this.#lastContentAt === 0) this.#facts.firstContentAt = this.#readAt;
    else this.#recorder.gap.record(this.#readAt - this.#lastContentAt);
    this.#lastContentAt = this.#readAt;
  }
}

function freshFacts(startedAt: number, sentAt: number, streamed: boolean): EndedStream {
  return {
    ...{ startedAt, sentAt, streamed, headersAt: 0, firstContentAt: 0, endedAt: 0 },
    ...{ status: 0, events: 0, done: false, failed: false },
  };
}
