import { performance } from 'node:perf_hooks';
import { classifyEvent } from './classify-event.js';
import { EventSplitter } from './event-splitter.js';
import type { Break, EndedStream, Recorder } from './recorder.js';

/** The request that one virtual user has under way, if any. One object per user, used again for each stream. */
export class OpenStream {
  readonly #recorder: Recorder;
  readonly #splitter = new EventSplitter();
  readonly #onEvent = (event: Buffer): void => this.#event(event);
  #facts: EndedStream = freshFacts(0);
  #lastContentAt = 0;
  /** When the bytes at hand were read: one clock reading a read, not one an event. */
  #readAt = 0;
  isOpen = false;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  get hasStatus(): boolean {
    return this.#facts.status !== 0;
  }

  start(): void {
    const now = performance.now();
    this.isOpen = true;
    this.#facts = freshFacts(now);
    this.#lastContentAt = 0;
    this.#splitter.reset();
    this.#recorder.sent(now);
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
    if (this.#facts.status === 200) this.#splitter.push(piece, this.#onEvent);
  }

  complete(): void {
    if (!this.#close()) return;
    this.#recorder.completed(this.#facts);
  }

  broken(how: Break, cause: string): void {
    if (!this.#close()) return;
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

function freshFacts(startedAt: number): EndedStream {
  return { startedAt, headersAt: 0, firstContentAt: 0, endedAt: 0, status: 0, events: 0, done: false, failed: false };
}
