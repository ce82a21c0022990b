/** The body of one request on its connection: what has come, and who waits for the rest. */
import type { Socket } from 'node:net';
import type { BodyClock, Reading } from '../body-clock.js';
import { joined, tooLarge, tooSlow } from '../read-body.js';

/** What may come of a body that nobody has asked for yet: a request may wait in the queue before it is read. */
const MOST_AHEAD = 64 * 1024;

export class LaneBody implements Reading {
  /** Bytes that have come. */
  received = 0;
  startedAt = 0;
  /** The turn of the loop in which the request came is over. */
  settled = false;
  readonly #length: number;
  readonly #socket: Socket;
  readonly #clock: BodyClock;
  #pieces: Buffer[] = [];
  #taken = false;
  #resolve: ((body: Buffer) => void) | undefined;
  #reject: ((error: Error) => void) | undefined;

  constructor(length: number, socket: Socket, clock: BodyClock) {
    this.#length = length;
    this.#socket = socket;
    this.#clock = clock;
  }

  /** Bytes that are still to come. */
  get left(): number {
    return this.#length - this.received;
  }

  /**
   * Whether an answer that goes out now leaves something of the request unread. As with Node's parser, which reads a body
   * behind the listener's first turn: an answer within it, such as 401, closes the connection whatever has come along.
   */
  get isToCome(): boolean {
    return this.left > 0 || !(this.settled || this.#taken);
  }

  /** More of it; never past its end. */
  push(piece: Buffer): void {
    this.received += piece.length;
    if (this.#taken && this.#resolve === undefined) return;
    if (piece.length > 0) this.#pieces.push(piece);
    if (this.#resolve === undefined) {
      if (this.left > 0 && this.received > MOST_AHEAD) this.#socket.pause();
    } else if (this.left === 0) this.#done()?.(this.#join());
  }

  /** All of it; at once where it is there. Once. @throws GatewayError `request_too_large` */
  read(limit: number): Buffer | Promise<Buffer> {
    if (this.#length > limit) throw tooLarge(limit);
    this.#taken = true;
    if (this.left === 0) return this.#join();
    this.startedAt = performance.now();
    this.#clock.add(this);
    this.#socket.resume();
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  late(): void {
    this.fail(tooSlow());
  }

  /** Nothing more comes, or nobody wants it. */
  fail(error: Error): void {
    const reject = this.#reject;
    this.#done();
    this.#pieces = [];
    reject?.(error);
  }

  #done(): ((body: Buffer) => void) | undefined {
    const resolve = this.#resolve;
    if (resolve === undefined) return undefined;
    this.#clock.remove(this);
    this.#resolve = undefined;
    this.#reject = undefined;
    return resolve;
  }

  #join(): Buffer {
    const pieces = this.#pieces;
    this.#pieces = [];
    return joined(pieces, this.#length);
  }
}
