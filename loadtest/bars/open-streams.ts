import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Listener, openConnection } from '../engine/connection.js';
import { chatRequest } from './chat-request.js';
import type { StreamsOrder, StreamsReading } from './client-messages.js';
import { EventCounter } from './event-counter.js';

const STEP_MS = 10;
/** The longest wait for the heads of all streams. */
const OPEN_WITHIN_MS = 60_000;
const OK = 'HTTP/1.1 200';

/** Many streams that are read, counted and let go. */
export class OpenStreams {
  readonly #streams: CountedStream[] = [];

  /** Opens all over the ramp; done when each has a head or has failed. */
  async open(order: StreamsOrder): Promise<StreamsReading> {
    const startedAt = performance.now();
    while (this.#streams.length < order.count) {
      const due = order.rampMs === 0 ? order.count : Math.ceil(((performance.now() - startedAt) / order.rampMs) * order.count);
      while (this.#streams.length < Math.min(due, order.count))
        this.#streams.push(new CountedStream(order, this.#streams.length));
      await sleep(STEP_MS);
    }
    await this.#settled();
    for (let left = order.tries ?? 0; left > 0 && this.read().failed > 0; left--) await this.#openAgain(order);
    return this.read();
  }

  async #openAgain(order: StreamsOrder): Promise<void> {
    for (const [index, stream] of this.#streams.entries()) {
      if (stream.state !== 'failed') continue;
      stream.close();
      this.#streams[index] = new CountedStream(order, index);
      await sleep(STEP_MS);
    }
    await this.#settled();
  }

  /** Each stream has its head or has failed. */
  async #settled(): Promise<void> {
    const giveUpAt = performance.now() + OPEN_WITHIN_MS;
    while (this.#streams.some((stream) => stream.state === 'waiting') && performance.now() < giveUpAt) await sleep(STEP_MS);
  }

  read(): StreamsReading {
    const reading = { at: performance.now(), events: 0, bytes: 0, open: 0, failed: 0 };
    for (const stream of this.#streams) {
      reading.events += stream.events;
      reading.bytes += stream.bytes;
      if (stream.state === 'open') reading.open++;
      else if (stream.state === 'failed') reading.failed++;
    }
    return reading;
  }
}

class CountedStream implements Listener {
  state: 'waiting' | 'open' | 'failed' = 'waiting';
  bytes = 0;
  readonly #events = new EventCounter();
  readonly #socket: Socket;

  constructor(order: StreamsOrder, index: number) {
    this.#socket = openConnection(order.origin, this);
    this.#socket.write(chatRequest({ ...order, stream: true, session: `bars-${index}` }), 'latin1');
  }

  get events(): number {
    return this.#events.count;
  }

  close(): void {
    this.#socket.destroy();
  }

  read(bytes: Buffer): void {
    if (this.state === 'waiting') this.state = bytes.toString('latin1', 0, OK.length) === OK ? 'open' : 'failed';
    this.bytes += bytes.length;
    this.#events.push(bytes);
  }

  /** They end with this process and not before: an end is a failure. */
  closed(): void {
    this.state = 'failed';
  }
}
