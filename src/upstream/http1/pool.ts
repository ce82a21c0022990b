/** The connections to one origin: the most recently used idle one first, so that the others age and are closed. */
import { Connection, type ConnectionOwner } from './connection.js';
import type { Dialer } from './dial.js';
import type { Exchange } from './exchange.js';

/** Below the usual 5 s of Node servers, so that we close idle connections first and rarely race the other side. Milliseconds. */
const KEEP_ALIVE = 4_000;
/** What goes idle beyond this is closed at once: a burst must not hold its connections. */
const MOST_IDLE = 1_024;
const SWEEP = 1_000;

export class ConnectionPool implements ConnectionOwner {
  readonly #dialer: Dialer;
  readonly #connectTimeout: number;
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();
  #sweeper: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;
  #onLastGone: (() => void) | undefined;

  /** `connectTimeout` in milliseconds. */
  constructor(dialer: Dialer, connectTimeout: number) {
    this.#dialer = dialer;
    this.#connectTimeout = connectTimeout;
  }

  /** Sends the exchange's request. A request that cannot be sent at all fails through the exchange, never by a throw. */
  carry(exchange: Exchange): void {
    const kept = this.#idle.pop();
    if (kept === undefined) return this.#carryOn(undefined, exchange);
    if (kept.idleUntil > performance.now()) return this.#carryOn(kept, exchange);
    kept.destroy();
    this.#carryOn(undefined, exchange);
  }

  /** Closes idle connections now and each other one when its exchange is over. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      for (const connection of this.#idle.splice(0)) connection.destroy();
      this.#sweep();
      this.#onLastGone = resolve;
      if (this.#all.size === 0) resolve();
    });
    return this.#closing;
  }

  onIdle(connection: Connection, keepAlive = KEEP_ALIVE): void {
    if (this.#closing || this.#idle.length >= MOST_IDLE) return connection.destroy();
    connection.idleSince = performance.now();
    connection.idleUntil = connection.idleSince + Math.min(keepAlive, KEEP_ALIVE);
    this.#idle.push(connection);
    // Only while there is something to sweep: an idle gateway has no timers.
    this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP).unref();
  }

  onStale(exchange: Exchange): void {
    this.#carryOn(undefined, exchange);
  }

  onGone(connection: Connection): void {
    this.#all.delete(connection);
    const at = this.#idle.lastIndexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    if (this.#all.size === 0) this.#onLastGone?.();
  }

  #dial(): Connection {
    const connection = new Connection(this.#dialer, this.#connectTimeout, this);
    this.#all.add(connection);
    return connection;
  }

  /** Without a connection: on a new one. */
  #carryOn(kept: Connection | undefined, exchange: Exchange): void {
    let connection = kept;
    try {
      connection ??= this.#dial();
      connection.carry(exchange);
    } catch (error) {
      connection?.destroy();
      // Later, as the caller does not hold the exchange yet.
      queueMicrotask(() => exchange.fail('broken', error));
    }
  }

  #sweep(): void {
    const now = performance.now();
    for (const connection of this.#idle.filter(({ idleUntil }) => idleUntil <= now)) connection.destroy();
    if (this.#idle.length > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }
}
