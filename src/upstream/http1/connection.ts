/**
 * One connection to an upstream, carrying one exchange at a time.
 *
 *   connecting ──▶ busy ──answer complete──▶ idle ──▶ busy …
 *        └───────────┴── fault, end, stop ─────┴──────▶ gone
 */
import type { Socket } from 'node:net';
import type { Dialer } from './dial.js';
import type { Carrier, Exchange } from './exchange.js';
import { requestHead } from './request-text.js';
import { ResponseFault } from './response-fault.js';

export interface ConnectionOwner {
  /** Free for another exchange, for at most `keepAlive` milliseconds (undefined: as the owner sees fit). */
  onIdle(connection: Connection, keepAlive: number | undefined): void;
  /** The upstream had closed this idle connection before the exchange was heard: it may go out again elsewhere. */
  onStale(exchange: Exchange): void;
  onGone(connection: Connection): void;
}

/**
 * Idle for as long as this, a connection that closes upon a request was most likely closed for being idle (servers wait a
 * second or more): the request was never seen. Sooner than that it may well have been, and must not be served twice.
 * Milliseconds.
 */
const IDLE_CLOSE = 1_000;
/** A body up to this size goes out in one string with its head: one write, no second buffer. */
const SMALL_BODY = 8 * 1024;

export class Connection implements Carrier {
  /** When it may no longer be used, on `performance.now()`'s clock. Kept by the owner. */
  idleUntil = 0;
  /** When it was last used, on the same clock. Kept by the owner. */
  idleSince = 0;
  readonly #owner: ConnectionOwner;
  readonly #authority: string;
  readonly #socket: Socket;
  #exchange: Exchange | undefined;
  #isConnected = false;
  /** It was idle for so long that the upstream may be closing it as we send. */
  #mayBeStale = false;
  #isGone = false;
  readonly #connectTimer: NodeJS.Timeout;

  /** `connectTimeout`: milliseconds, TLS included. */
  constructor(dialer: Dialer, connectTimeout: number, owner: ConnectionOwner) {
    this.#owner = owner;
    this.#authority = dialer.origin.authority;
    this.#socket = dialer.dial((text) => this.#onRead(text));
    this.#connectTimer = setTimeout(() => this.#onConnectTimeout(connectTimeout), connectTimeout);
    this.#socket.once(dialer.origin.secure ? 'secureConnect' : 'connect', () => this.#onConnect());
    this.#socket.on('end', () => this.#onEnd());
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('the connection closed')));
  }

  /**
   * Sends the exchange's request; its answer is read into it.
   * @throws Error when the request cannot be written down
   */
  carry(exchange: Exchange): void {
    const { body } = exchange.request;
    const head = requestHead(exchange.request, this.#authority);
    this.#exchange = exchange;
    exchange.connection = this;
    this.#mayBeStale = this.idleSince > 0 && performance.now() - this.idleSince >= IDLE_CLOSE;
    if (body === null) this.#socket.write(head, 'latin1');
    else if (body.length <= SMALL_BODY) this.#socket.write(head + body.toString('latin1'), 'latin1');
    else this.#writeBoth(head, body);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  release(keepAlive: number | undefined): void {
    this.#exchange = undefined;
    // An answer that came before the request was all sent leaves a rest that the next request would follow.
    if (keepAlive === 0 || this.#isGone || this.#socket.writableLength > 0) return this.destroy();
    if (this.#socket.isPaused()) this.#socket.resume();
    this.#owner.onIdle(this, keepAlive);
  }

  destroy(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#exchange = undefined;
    clearTimeout(this.#connectTimer);
    this.#socket.destroy();
    this.#owner.onGone(this);
  }

  #writeBoth(head: string, body: Buffer): void {
    this.#socket.cork();
    this.#socket.write(head, 'latin1');
    this.#socket.write(body);
    this.#socket.uncork();
  }

  /** After a look at the sockets: on a busy loop timers come first, and blamed upstreams that had long accepted (560 of 1,196 requests in a starved run). */
  #onConnectTimeout(timeout: number): void {
    setImmediate(() => {
      if (!this.#isConnected) this.#fail(new Error(`no connection after ${timeout} ms`));
    });
  }

  #onConnect(): void {
    this.#isConnected = true;
    clearTimeout(this.#connectTimer);
  }

  /** Answers whether to read on. */
  #onRead(text: string): boolean {
    const exchange = this.#exchange;
    if (exchange === undefined) {
      // Bytes that answer no request must not become the start of the next answer.
      this.destroy();
      return false;
    }
    try {
      exchange.read(text);
    } catch (error) {
      this.#onFault(exchange, error);
    }
    return !this.#isGone && !exchange.paused;
  }

  #onEnd(): void {
    const exchange = this.#exchange;
    if (exchange === undefined || exchange.unheard) return this.#fail(new Error('the upstream closed the connection'));
    try {
      exchange.endOfInput();
    } catch (error) {
      this.#onFault(exchange, error);
    } finally {
      this.destroy();
    }
  }

  /** A fault of the answer, or of the listener that was told of it. */
  #onFault(exchange: Exchange, error: unknown): void {
    // The listener heard its last word and failed over it: nobody is left to be told, and this connection is in order.
    if (exchange.over && !(error instanceof ResponseFault)) throw error;
    this.#fail(error);
  }

  #fail(cause: unknown): void {
    if (this.#isGone) return;
    const exchange = this.#exchange;
    const isStale = this.#mayBeStale && exchange?.unheard === true && !exchange.over;
    // Before this connection is gone, so that an owner who waits for the last one waits for the new one too.
    if (isStale) this.#owner.onStale(exchange);
    this.destroy();
    if (!isStale) exchange?.fail(this.#isConnected ? 'broken' : 'connect', cause);
  }
}
