/**
 * What is given back, on its way to the shared state: a slot at once, since somebody may wait for it (and the answer that
 * ends with it may reach its client before another worker is asked); settlements together, once a turn of the event loop.
 */
import type { Return } from '../limits/types.js';

export class Outbox {
  readonly #send: (returns: readonly Return[]) => void;
  #waiting: Return[] = [];
  #scheduled = false;

  constructor(send: (returns: readonly Return[]) => void) {
    this.#send = send;
  }

  add(back: Return): void {
    this.#waiting.push(back);
    if (back.kind !== 'settle') this.flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => this.flush());
    }
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#waiting.length === 0) return;
    const returns = this.#waiting;
    this.#waiting = [];
    this.#send(returns);
  }
}
