/** An upstream's answer that is larger than every buffer on the way, paused by who asked for it: what back-pressure promises. */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import type { Upstream } from '../../src/upstream/upstream.js';
import { until } from './primary-process.js';
import { ask } from './raw-upstream.js';

const BLOCK = 'x'.repeat(65_536);

export class PausedDownload {
  readonly #blocks: number;
  #written = 0;

  /** `blocks` of 64 KB. */
  constructor(blocks: number) {
    this.#blocks = blocks;
  }

  /** The upstream's side: writes while the network takes it. */
  readonly answer = (socket: Socket): void => {
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${BLOCK.length * this.#blocks}\r\n\r\n`);
    this.#more(socket);
  };

  /** Pauses at the head; at most `mostHeard` bytes may come after that. Resumed, everything comes. */
  async check(t: Test, upstream: Upstream, isAsked: () => boolean, mostHeard: number): Promise<void> {
    const asked = ask(upstream, { onHeaders: (exchange) => exchange.pause() });
    await until(isAsked);
    await sleep(300);
    const [heard, sent] = [asked.heard().length, this.#written];
    t.ok(heard <= mostHeard, `${heard} bytes heard`);
    t.ok(sent < this.#blocks, `the upstream waits after ${sent} of ${this.#blocks} blocks`);
    await sleep(200);
    t.equal(asked.heard().length, heard);
    t.equal(this.#written, sent);
    asked.exchange.resume();
    const { payload, end } = await asked.outcome;
    t.equal(end, 'complete');
    t.equal(payload.length, BLOCK.length * this.#blocks);
  }

  #more(socket: Socket): void {
    while (this.#written < this.#blocks) {
      this.#written++;
      if (!socket.write(BLOCK)) return void socket.once('drain', () => this.#more(socket));
    }
  }
}
