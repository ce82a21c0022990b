/** One request and its answer on a connection. What is heard after it is over goes nowhere. */
import { type UpstreamExchange, UpstreamFault, type UpstreamListener, type UpstreamRequest } from '../upstream.js';
import type { Connection } from './connection.js';
import type { ResponseHead } from './response-head.js';
import { ResponseReader, type ResponseSink } from './response-reader.js';

export class Exchange implements UpstreamExchange, ResponseSink {
  readonly request: UpstreamRequest;
  connection: Connection | undefined;
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
    this.paused = true;
    this.connection?.pause();
  }

  resume(): void {
    this.paused = false;
    this.connection?.resume();
  }

  stop(): void {
    if (this.over) return;
    this.over = true;
    this.connection?.destroy();
  }

  /** Bytes of the answer. @throws ResponseFault */
  read(text: string): void {
    this.unheard = false;
    this.#reader.push(text);
  }

  /** The upstream has ended the connection. @throws ResponseFault unless that ends the answer too. */
  endOfInput(): void {
    this.#reader.end();
  }

  fail(kind: UpstreamFault['kind'], cause: unknown): void {
    if (this.over) return;
    this.over = true;
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
    this.over = true;
    this.connection?.release(surplus ? 0 : this.#keepAlive);
    this.#listener.onEnd();
  }
}
