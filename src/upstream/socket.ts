/** Upstream connections on bare sockets: HTTP/1.1 over TCP or TLS, whose answers' chunks can be passed on as they came. */
import { Dialer, readOrigin } from './http1/dial.js';
import { Exchange } from './http1/exchange.js';
import { ConnectionPool } from './http1/pool.js';
import type { Upstream } from './upstream.js';

export interface SocketOptions {
  /** Milliseconds to a connection, TLS included. */
  readonly connectTimeout: number;
}

/** Connections to `origin` (scheme, host and port). */
export function createSocketUpstream(origin: string, options: SocketOptions): Upstream {
  const pool = new ConnectionPool(new Dialer(readOrigin(origin)), options.connectTimeout);
  return {
    send(request, listener) {
      const exchange = new Exchange(request, listener);
      pool.carry(exchange);
      return exchange;
    },
    close: () => pool.close(),
  };
}
