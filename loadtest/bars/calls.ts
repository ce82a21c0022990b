import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { type Listener, openConnection } from '../engine/connection.js';
import { AnswerReader } from './answer-reader.js';
import { chatRequest } from './chat-request.js';
import type { AlternateOrder, CallsOrder, CallsReading, JobTarget } from './client-messages.js';

/** One kept connection with one request at a time; every answer is reported, then the owner says what is next. */
class Caller implements Listener {
  readonly #reader = new AnswerReader();
  readonly #socket: Socket;
  readonly #request: string;
  #answered: (ok: boolean) => void = () => {};

  constructor(target: JobTarget, session: string) {
    this.#socket = openConnection(target.origin, this);
    this.#request = chatRequest({ ...target, stream: false, session });
  }

  call(answered: (ok: boolean) => void): void {
    this.#answered = answered;
    this.#reader.start();
    this.#socket.write(this.#request, 'latin1');
  }

  read(bytes: Buffer): void {
    if (!this.#reader.isOver && this.#reader.push(bytes)) this.#answered(this.#reader.status === 200);
  }

  close(): void {
    this.#socket.destroy();
  }

  closed(): void {
    if (!this.#reader.isOver) this.#answered(false);
  }
}

/** A closed loop: so many connections, each sends its next request when the last one is answered. */
export class Calls {
  readonly #callers: Caller[] = [];
  #done = 0;
  #failed = 0;

  start(order: CallsOrder): CallsReading {
    for (let index = 0; index < order.connections; index++) {
      const caller = new Caller(order, `bars-${index}`);
      const answered = (ok: boolean): void => {
        if (ok) this.#done++;
        else this.#failed++;
        // A caller that failed once rests: a refused port would be a busy loop.
        if (ok) caller.call(answered);
      };
      this.#callers.push(caller);
      caller.call(answered);
    }
    return this.read();
  }

  stop(): void {
    for (const caller of this.#callers) caller.close();
  }

  read(): CallsReading {
    return { at: performance.now(), done: this.#done, failed: this.#failed };
  }
}

/** Asks the targets in turn, one request at a time; gives each one's latencies in milliseconds. */
export async function alternate({ targets, warmUp, count }: AlternateOrder): Promise<number[][]> {
  const callers = targets.map((target) => new Caller(target, 'bars-one'));
  const latencies = targets.map((): number[] => []);
  try {
    for (let turn = 0; turn < warmUp + count; turn++) {
      for (const [index, caller] of callers.entries()) {
        const took = await timed(caller);
        if (turn >= warmUp) latencies[index]?.push(took);
      }
    }
  } finally {
    for (const caller of callers) caller.close();
  }
  return latencies;
}

function timed(caller: Caller): Promise<number> {
  return new Promise((resolve, reject) => {
    const sentAt = performance.now();
    caller.call((ok) => (ok ? resolve(performance.now() - sentAt) : reject(new Error('a request was not answered with 200'))));
  });
}
