/**
 * One client connection in the lane: plain requests, one after another, until something comes that is not plain.
 *
 *   silent ──┐                        ┌──────── answered, kept ────────┐
 *            ├── a plain request ──▶ serving ──── answered, last ──▶ leaving ──▶ gone
 *   idle ────┤                        └── answered, bytes behind it ──▶ handed over
 *      ▲     └── anything else ──▶ handed over: Node's server has it for good
 *      └───────── answered, kept
 */
import type { Socket } from 'node:net';
import type { Route } from '../../gateway/route.js';
import type { ExchangeHost } from '../node-exchange.js';
import { refuseBytes } from '../refusals.js';
import type { HandOver } from './hand-over.js';
import { type ExchangeCarrier, LaneExchange } from './lane-exchange.js';
import { MOST_HEAD, readPlainHead } from './request-head.js';

/** The process that the lane serves in; its bounds are those of now, as a reload may change them. */
export interface LaneHost extends ExchangeHost {
  /** Bytes. */
  readonly bodyLimit: number;
  /** Until a new connection has said something; milliseconds. */
  readonly headersTimeout: number;
  serve(route: Route, exchange: LaneExchange): void;
}

/** Keeps a connection's place among the others. */
export interface LaneOwner {
  readonly host: LaneHost;
  readonly keepAlive: number;
  /** For a whole request, body included; milliseconds. */
  readonly requestTimeout: number;
  readonly handOver: HandOver;
  forget(connection: LaneConnection): void;
}

type State = 'silent' | 'idle' | 'serving' | 'leaving' | 'gone';

/** How long the rest of a refused body is read and thrown away, so that no reset overtakes the answer: milliseconds. */
const LINGER = 2_000;
/** Bytes behind a request that are kept while it is served; past them the connection is not read. */
const MOST_BEHIND = 64 * 1024;

export class LaneConnection implements ExchangeCarrier {
  readonly socket: Socket;
  readonly #owner: LaneOwner;
  #state: State = 'silent';
  /** When this state began, on `performance.now()`'s clock. */
  #since = performance.now();
  #exchange: LaneExchange | undefined;
  /** What came behind the request that is served. */
  readonly #behind: Buffer[] = [];
  #behindBytes = 0;
  /** The client has ended its side. */
  #ended = false;
  /** Of a refused request's body, while leaving. */
  #toDiscard = 0;
  readonly #onData = (chunk: Buffer): void => this.#read(chunk);
  readonly #onEnd = (): void => this.#halfClosed();
  readonly #onDrain = (): void => this.#exchange?.onDrain();
  readonly #onClose = (): void => this.#closed();
  readonly #onError = (): void => {};

  constructor(socket: Socket, owner: LaneOwner) {
    this.socket = socket;
    this.#owner = owner;
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('drain', this.#onDrain);
    socket.on('close', this.#onClose);
    // 'close' follows and is acted on.
    socket.on('error', this.#onError);
  }

  get keepAlive(): number {
    return this.#owner.keepAlive;
  }

  /** Between two requests, or before the first. */
  get isIdle(): boolean {
    return this.#state === 'idle' || this.#state === 'silent';
  }

  /** Ends it if its time is up; `now` on `performance.now()`'s clock. */
  check(now: number): void {
    const waited = now - this.#since;
    if (this.#state === 'silent') {
      if (waited > this.#owner.host.headersTimeout) this.#refuse('ERR_HTTP_REQUEST_TIMEOUT');
    } else if (this.#state === 'idle') {
      if (waited > this.#owner.keepAlive) this.socket.destroy();
    } else if (this.#state === 'serving') {
      const isLate = waited > this.#owner.requestTimeout && (this.#exchange?.body.left ?? 0) > 0;
      if (isLate) this.#refuse('ERR_HTTP_REQUEST_TIMEOUT');
    } else if (waited > LINGER && this.#toDiscard > 0) this.socket.destroy();
  }

  onAnswered(exchange: LaneExchange, closes: boolean): void {
    this.#exchange = undefined;
    if (closes || (this.#ended && this.#behindBytes === 0)) this.#leave(closes ? exchange.body.left : 0);
    else if (this.#behindBytes > 0) this.#handOver(Buffer.concat(this.#behind));
    else this.#enter('idle');
  }

  #enter(state: State): void {
    this.#state = state;
    this.#since = performance.now();
  }

  #read(chunk: Buffer): void {
    const exchange = this.#exchange;
    if (exchange !== undefined) this.#readMore(exchange, chunk);
    else if (this.isIdle) this.#begin(chunk);
    else this.#discard(chunk.length);
  }

  #discard(bytes: number): void {
    if (this.#toDiscard <= 0) return;
    this.#toDiscard -= bytes;
    if (this.#toDiscard <= 0) this.socket.destroy();
  }

  #begin(chunk: Buffer): void {
    const { host } = this.#owner;
    const head = readPlainHead(chunk.toString('latin1', 0, MOST_HEAD), host.bodyLimit);
    if (head === undefined || chunk.length > head.end + head.length) return this.#handOver(chunk);
    const exchange = new LaneExchange(head, this, host);
    this.#enter('serving');
    this.#exchange = exchange;
    exchange.body.push(chunk.subarray(head.end));
    host.serve(head.route, exchange);
    exchange.body.settled = true;
  }

  #readMore({ body }: LaneExchange, chunk: Buffer): void {
    const { left } = body;
    if (left > 0) body.push(chunk.length > left ? chunk.subarray(0, left) : chunk);
    if (chunk.length <= left) return;
    const behind = left > 0 ? chunk.subarray(left) : chunk;
    this.#behind.push(behind);
    this.#behindBytes += behind.length;
    if (this.#behindBytes > MOST_BEHIND) this.socket.pause();
  }

  /** A FIN between requests ends the connection, within a request it breaks it off, behind one it may mean anything. */
  #halfClosed(): void {
    this.#ended = true;
    if (this.isIdle) this.socket.end();
    else if (this.#exchange !== undefined && this.#exchange.body.left > 0) this.#refuse('HPE_INVALID_EOF_STATE');
    else this.#exchange?.onHalfClose();
  }

  #closed(): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.#enter('gone');
    this.#owner.forget(this);
    exchange?.onClose();
  }

  /** The last word on a request that never became whole. */
  #refuse(code: string): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.#leaveAfter(Number.POSITIVE_INFINITY);
    if (exchange?.hasBegun) this.socket.destroy();
    else refuseBytes(Object.assign(new Error('The request is not complete.'), { code }), this.socket);
    exchange?.onClose();
  }

  /** The last answer is written; `toCome`: bytes of its request that the client may still be sending. */
  #leave(toCome: number): void {
    if (toCome <= 0) {
      this.#enter('leaving');
      this.socket.destroySoon();
      return;
    }
    this.#leaveAfter(toCome);
    this.socket.end();
    this.socket.resume();
  }

  #leaveAfter(toDiscard: number): void {
    this.#enter('leaving');
    this.#toDiscard = toDiscard;
  }

  #handOver(unread: Buffer): void {
    const { socket } = this;
    socket.off('data', this.#onData).off('end', this.#onEnd).off('drain', this.#onDrain);
    socket.off('close', this.#onClose).off('error', this.#onError);
    this.#enter('gone');
    this.#owner.forget(this);
    if (!socket.destroyed) this.#owner.handOver(socket, unread, this.#ended);
  }
}
