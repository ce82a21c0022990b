/** The only door to undici: one pool an upstream origin, HTTP/1.1, no redirects, time-outs kept by the gateway. */
import type { Dispatcher } from 'undici';
// The main entry also loads fetch, caches, mocks and WebSocket: 1.08 MB to read at every worker's start, against 0.3 MB.
import Pool from 'undici/lib/dispatcher/pool.js';
import { type Upstream, type UpstreamExchange, UpstreamFault, type UpstreamHeaders, type UpstreamListener } from './upstream.js';

export interface PoolOptions {
  /** Milliseconds to a connection, TLS included. */
  readonly connectTimeout: number;
}

/** Below the usual 5 s of Node servers, so that we close idle connections first and never race the other side. */
const KEEP_ALIVE = 4_000;
/** Providers send about 2 KB; past this the answer is broken. */
const MOST_HEADER_BYTES = 64 * 1024;

/** A pool for `origin` (scheme, host and port). */
export function createUndiciUpstream(origin: string, options: PoolOptions): Upstream {
  const pool = new Pool(origin, {
    connections: null,
    pipelining: 1,
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE,
    keepAliveMaxTimeout: KEEP_ALIVE,
    maxHeaderSize: MOST_HEADER_BYTES,
    connect: { timeout: options.connectTimeout },
  });
  return {
    send(request, listener) {
      const exchange = new UndiciExchange(listener);
      pool.dispatch({ method: request.method, path: request.path, headers: request.headers, body: request.body }, exchange);
      return exchange;
    },
    close: () => pool.close(),
  };
}

class UndiciExchange implements Dispatcher.DispatchHandler, UpstreamExchange {
  readonly #listener: UpstreamListener;
  #controller: Dispatcher.DispatchController | undefined;
  #connected = false;
  #over = false;

  constructor(listener: UpstreamListener) {
    this.#listener = listener;
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  stop(): void {
    if (this.#over) return;
    this.#over = true;
    this.#controller?.abort(new Error('stopped'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#connected = true;
    // Stopped while the connection was being made.
    if (this.#over) controller.abort(new Error('stopped'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (!this.#over && status >= 200) this.#listener.onHeaders(status, toMap(headers));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#over) this.#listener.onData(chunk.toString('latin1'), '');
  }

  onResponseEnd(): void {
    if (this.#over) return;
    this.#over = true;
    this.#listener.onEnd();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#listener.onError(new UpstreamFault(this.#connected || !isConnectError(error) ? 'broken' : 'connect', error));
  }
}

/** Of what fails before a connection carries the request, all but undici's own objections to the request or to its being closed. */
function isConnectError(error: Error): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return !code.startsWith('UND_ERR_') || code === 'UND_ERR_CONNECT_TIMEOUT';
}

function toMap(headers: Record<string, string | string[] | undefined>): UpstreamHeaders {
  const map = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name.toLowerCase(), Array.isArray(value) ? (value.at(-1) ?? '') : value);
  }
  return map;
}
