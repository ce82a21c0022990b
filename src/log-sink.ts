/** Where log lines go: written in turns off the event loop, dropped rather than kept for a reader that has stopped. */
import { write, writeSync } from 'node:fs';

/** Milliseconds until a file descriptor that takes nothing is tried again. */
const RETRY = 100;

export class LogSink {
  /** Lines lost. */
  dropped = 0;
  readonly #descriptor: number;
  readonly #most: number;
  #waiting: string[] = [];
  #length = 0;
  /** Handed to the system, or waiting to be tried again. */
  #batch: Buffer | undefined;
  #batchLines = 0;
  #inFlight = false;

  /** `most`: characters kept while the descriptor takes nothing. */
  constructor(descriptor: number, most: number) {
    this.#descriptor = descriptor;
    this.#most = most;
  }

  write(line: string): void {
    if (this.#length + line.length > this.#most) {
      this.dropped++;
      return;
    }
    this.#waiting.push(line);
    this.#length += line.length;
    if (this.#batch === undefined) this.#next();
  }

  /** Writes what is left, as the last act. What is not taken at once is lost: nobody's log keeps a process from ending. */
  flush(): void {
    // A batch in flight is with the system, which finishes it before the process ends.
    const left = this.#inFlight ? [] : [this.#batch ?? Buffer.alloc(0)];
    const bytes = Buffer.concat([...left, Buffer.from(this.#waiting.join(''))]);
    this.#waiting = [];
    this.#length = 0;
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at);
    } catch {
      // Full, closed or blocked: there is nowhere left to say so.
    }
  }

  #next(): void {
    if (this.#waiting.length === 0) return;
    this.#batchLines = this.#waiting.length;
    const batch = Buffer.from(this.#waiting.join(''));
    this.#waiting = [];
    this.#length = 0;
    this.#send(batch);
  }

  #send(batch: Buffer): void {
    this.#batch = batch;
    this.#inFlight = true;
    write(this.#descriptor, batch, (error, written) => {
      this.#inFlight = false;
      if (error?.code === 'EAGAIN' || error?.code === 'EBUSY') this.#tryLater(batch);
      else if (error === null && written < batch.length) this.#send(batch.subarray(written));
      else this.#endBatch(error !== null);
    });
  }

  #tryLater(batch: Buffer): void {
    setTimeout(() => this.#send(batch), RETRY).unref();
  }

  #endBatch(lost: boolean): void {
    if (lost) this.dropped += this.#batchLines;
    this.#batch = undefined;
    this.#next();
  }
}
