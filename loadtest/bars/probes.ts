import type { Socket } from 'node:net';
import { type Listener, openConnection } from '../engine/connection.js';
import { AnswerReader } from './answer-reader.js';
import { chatRequest } from './chat-request.js';
import type { ProbesOrder, ProbesResult } from './client-messages.js';
import { readStamp, type Stamp } from './stamp.js';

const NS_PER_MS = 1e6;
/** A probe that is not over by then has failed. */
const LONGEST_MS = 10_000;

/**
 * Sends new streams at a steady rate beside the load, every second one on a connection of its own, and measures the time
 * from sending to the first token less the time that token waited in the mock.
 */
export class Probes {
  readonly #order: ProbesOrder;
  readonly #idle: ProbeConnection[] = [];
  readonly #result: ProbesResult = { kept: [], fresh: [], failed: 0 };
  #sent = 0;
  #running = 0;

  constructor(order: ProbesOrder) {
    this.#order = order;
  }

  run(): Promise<ProbesResult> {
    const { perSecond, seconds } = this.#order;
    const all = perSecond * seconds;
    return new Promise((resolve) => {
      const startedAt = performance.now();
      const timer = setInterval(() => {
        const elapsed = performance.now() - startedAt;
        while (this.#sent < Math.min(all, (elapsed / 1000) * perSecond)) this.#send();
        if (this.#sent < all || (this.#running > 0 && elapsed < seconds * 1000 + LONGEST_MS)) return;
        clearInterval(timer);
        this.#result.failed += this.#running;
        for (const connection of this.#idle) connection.close();
        resolve(this.#result);
      }, 1);
    });
  }

  #send(): void {
    const isFresh = this.#sent++ % 2 === 1;
    const connection = (isFresh ? undefined : this.#idle.pop()) ?? new ProbeConnection(this.#order);
    // A connection that had to be opened for lack of an idle one is a new one, whatever it was meant for.
    const times = connection.isUsed ? this.#result.kept : this.#result.fresh;
    this.#running++;
    connection.send(chatRequest({ ...this.#order, stream: true, session: `probe-${this.#sent}` }), (added) => {
      this.#running--;
      if (added === undefined) this.#result.failed++;
      else times.push(added);
      if (added !== undefined && !isFresh) this.#idle.push(connection);
      else connection.close();
    });
  }
}

class ProbeConnection implements Listener {
  isUsed = false;
  readonly #reader = new AnswerReader();
  readonly #socket: Socket;
  #sentAt = 0n;
  #text = '';
  #added: number | undefined;
  #over: (added: number | undefined) => void = () => {};

  constructor({ origin }: ProbesOrder) {
    this.#socket = openConnection(origin, this);
  }

  send(request: string, over: (added: number | undefined) => void): void {
    this.#reader.start();
    this.#over = over;
    this.#text = '';
    this.#added = undefined;
    this.#sentAt = process.hrtime.bigint();
    this.#socket.write(request, 'latin1');
  }

  close(): void {
    this.#socket.destroy();
  }

  read(bytes: Buffer): void {
    if (this.#reader.isOver) return;
    if (this.#added === undefined) this.#lookForStamp(bytes);
    if (!this.#reader.push(bytes)) return;
    this.isUsed = true;
    this.#over(this.#reader.status === 200 ? this.#added : undefined);
  }

  closed(): void {
    if (!this.#reader.isOver) this.#over(undefined);
  }

  #lookForStamp(bytes: Buffer): void {
    const now = process.hrtime.bigint();
    this.#text += bytes.toString('latin1');
    const stamp: Stamp | undefined = readStamp(this.#text);
    if (stamp) this.#added = Number(stamp.receivedAt - this.#sentAt + (now - stamp.writtenAt)) / NS_PER_MS;
  }
}
