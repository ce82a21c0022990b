/** One request and its answer on a connection. What is heard after it is over goes nowhere. */
import { type UpstreamExchange, UpstreamFault, type UpstreamListener, type UpstreamRequest } from '../upstream.js';
import type { ResponseHead } from './response-head.js';
import { ResponseReader, type ResponseSink } from './response-reader.js';

/** What carries an exchange: a connection, which may carry another once it is released. */
export interface Carrier {
  pause(): void;
  resume(): void;
  /** The exchange is over. Milliseconds for which the answer lets the connection be kept; 0: not at all, undefined: no word of it. */
  release(keepAlive: number | undefined): void;
  destroy(): void;
}

/** What is kept of a request that cannot be sent again since its answer has begun: bodies are large, streams long. */
const SENT: UpstreamRequest = { method: 'POST', path: '/', headers: [], body: null };

export class Exchange implements UpstreamExchange, ResponseSink {
  request: UpstreamRequest;
  /** Set while this exchange is what the connection carries; after that the connection may be another's. */
  connection: Carrier | undefined;
  /** No byte of an answer has come: a kept connection may have been closed before the request reached it. */
  unheard = true;
  paused = false;
  over = false;
  readonly #listener: UpstreamListener;
  readonly #reader = new ResponseReader(this);
  #keepAlive: number | undefined = 0;

  constructor(request: UpstreamRequest, listener: UpstreamListener) {
    this.request = request;
    this.#listener = listener;
  }

  pause(): void {
    if (this.over) return;
    this.paused = true;
    this.connection?.pause();
  }

  resume(): void {
    if (this.over) return;
    this.paused = false;
    this.connection?.resume();
  }

  stop(): void {
    if (this.over) return;
    this.#leave()?.destroy();
  }

  /** Bytes of the answer. @throws ResponseFault */
  read(text: string): void {
    if (this.unheard) {
      this.unheard = false;
      this.request = SENT;
    }
    this.#reader.push(text);
  }

  /** The upstream has ended the connection. @throws ResponseFault unless that ends the answer too. */
  endOfInput(): void {
    this.#reader.end();
  }

  fail(kind: UpstreamFault['kind'], cause: unknown): void {
    if (this.over) return;
    this.#leave();
    this.#listener.onError(new UpstreamFault(kind, cause));
  }

  onHead(head: ResponseHead): void {
    this.#keepAlive = head.keepAlive;
    this.#listener.onHeaders(head.status, head.headers);
  }

  onBody(payload: string, framed: string): void {
    if (!this.over) this.#listener.onData(payload, framed);
  }

  onComplete(surplus: boolean): void {
    if (this.over) return;
    this.#leave()?.release(surplus ? 0 : this.#keepAlive);
    this.#listener.onEnd();
  }

  #leave(): Carrier | undefined {
    const { connection } = this;
    this.over = true;
    this.paused = false;
    this.connection = undefined;
    return connection;
  }
}
