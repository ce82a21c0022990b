import { performance } from 'node:perf_hooks';
import type { EventKind } from './classify-event.js';
import type { Recorder } from './recorder.js';
import { Sequence } from './sequence.js';
import { findStamp, type StampForm } from './stamp.js';

/** From this process's `performance.now()` to the clock of the stamps, milliseconds: both run on the machine's monotonic clock. */
const TO_STAMP_CLOCK = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** Reads the stamps of one stream after another: how late events came, and whether all came, once, in order. */
export class StampWatch {
  readonly #recorder: Recorder;
  readonly #form: StampForm;
  readonly #sequence = new Sequence();

  constructor(recorder: Recorder, form: StampForm) {
    this.#recorder = recorder;
    this.#form = form;
  }

  start(): void {
    this.#sequence.reset();
  }

  /** Members stand in every event, marks in pieces of text; an event that repeats the text holds marks that were read before. */
  event(event: Buffer, kind: EventKind, readAt: number): void {
    if (this.#form === 'text' && kind !== 'content') return;
    let stamp = findStamp(event, 0, this.#form);
    while (stamp) {
      this.#sequence.take(stamp.sequence);
      this.#recorder.lagOf(readAt, readAt + TO_STAMP_CLOCK - stamp.ns / 1e6);
      stamp = this.#form === 'text' ? findStamp(event, stamp.end, this.#form) : undefined;
    }
  }

  end(isWhole: boolean): void {
    this.#recorder.sequenceOf(this.#sequence, isWhole);
  }
}
