/**
 * The client's side of a plain request, straight on its socket: a whole answer is one string and one write, a stream is
 * framed here. It says and promises what `NodeExchange` does.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { GatewayError } from '../../errors.js';
import type { ClientExchange, ClientListener } from '../../gateway/client-exchange.js';
import { probeGently } from '../half-close.js';
import type { ExchangeHost } from '../node-exchange.js';
import { SocketProgress, unsentBytes } from '../socket-progress.js';
import { LaneBody } from './lane-body.js';
import type { PlainHead } from './request-head.js';
import { answerHead } from './response-text.js';

/** Parsers of event streams skip it. */
const COMMENT = ':\n\n';
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const LAST_CHUNK = '0\r\n\r\n';

/** The connection that an exchange happens on. */
export interface ExchangeCarrier {
  readonly socket: Socket;
  /** Milliseconds that it is kept for another request. */
  readonly keepAlive: number;
  /** The answer is written; `closes`: it said that it is the connection's last. */
  onAnswered(exchange: LaneExchange, closes: boolean): void;
}

export class LaneExchange implements ClientExchange {
  listener: ClientListener | null = null;
  closed = false;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: LaneBody;
  readonly #carrier: ExchangeCarrier;
  readonly #host: ExchangeHost;
  readonly #progress = new SocketProgress();
  /** Of a stream, until it goes out with the first bytes behind it. */
  #head = '';
  #closes = false;
  #hasBegun = false;

  constructor(head: PlainHead, carrier: ExchangeCarrier, host: ExchangeHost) {
    this.path = head.path;
    this.headers = head.headers;
    this.body = new LaneBody(head.length, carrier.socket, host.bodies);
    this.#carrier = carrier;
    this.#host = host;
  }

  readBody(limit: number): Buffer | Promise<Buffer> {
    return this.body.read(limit);
  }

  answer(status: number, headers: Record<string, string>, body: string, encoding: 'utf8' | 'latin1'): void {
    if (this.closed || this.#hasBegun) return;
    const text = encoding === 'latin1' ? body : asLatin1(body);
    const head = answerHead(status, headers, this.#keeping(), text.length);
    this.#hasBegun = true;
    this.#carrier.socket.write(head + text, 'latin1');
    this.#finish();
  }

  start(status: number, headers: Record<string, string>): void {
    if (this.closed || this.#hasBegun) return;
    this.#head = answerHead(status, headers, this.#keeping());
    this.#hasBegun = true;
    // Nearly always the first event follows at once, and goes along in one write.
    queueMicrotask(() => this.#flushHead());
  }

  write(text: string, framed = ''): boolean {
    if (this.closed) return true;
    const chunk = framed === '' ? `${text.length.toString(16)}\r\n${text}\r\n` : framed;
    if (this.#head === '') return this.#carrier.socket.write(chunk, 'latin1');
    const first = this.#head + chunk;
    this.#head = '';
    return this.#carrier.socket.write(first, 'latin1');
  }

  end(): void {
    if (this.closed) return;
    const last = this.#head + LAST_CHUNK;
    this.#head = '';
    this.#carrier.socket.write(last, 'latin1');
    this.#finish();
  }

  cut(): void {
    this.#carrier.socket.destroy();
  }

  get unsent(): number {
    return unsentBytes(this.#carrier.socket);
  }

  tookMore(): boolean {
    return this.#progress.moved(this.#carrier.socket);
  }

  /** Whether something of an answer has gone out. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  onDrain(): void {
    this.listener?.onDrain();
  }

  /** The client has ended its side: it waits, or it has gone. */
  onHalfClose(): void {
    probeGently(() => this.#probe());
  }

  /** The connection is gone, or as good as gone. */
  onClose(): void {
    if (this.closed) return;
    this.closed = true;
    this.body.fail(new GatewayError('client_closed_request', 'The client left before its request was complete.'));
    this.listener?.onClose();
  }

  #keeping(): { closes: boolean; keepAlive: number } {
    this.#closes = this.body.isToCome || this.#host.sendsAway();
    return { closes: this.#closes, keepAlive: this.#carrier.keepAlive };
  }

  #finish(): void {
    this.closed = true;
    this.#carrier.onAnswered(this, this.#closes);
  }

  #flushHead(): void {
    if (this.#head === '' || this.closed) return;
    this.#carrier.socket.write(this.#head, 'latin1');
    this.#head = '';
  }

  /** Writes what changes nothing for a client that still listens: an interim answer, a comment between two events. */
  #probe(): void {
    if (this.closed) return;
    if (!this.#hasBegun) this.#carrier.socket.write(CONTINUE, 'latin1');
    else if (this.listener?.takesComments) this.write(COMMENT);
  }
}

/** One character a byte of its UTF-8; plain ASCII, which most answers are, is that already. */
function asLatin1(text: string): string {
  return Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString('latin1');
}
