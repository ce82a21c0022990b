/** An upstream by hand: a bare socket or TLS server that shows each request as text and answers with the bytes a test names. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { Upstream, UpstreamExchange, UpstreamFault, UpstreamHeaders, UpstreamRequest } from '../../src/upstream/upstream.js';
import type { TestScope } from './gateway.js';

/** A request as it came. */
export interface RawRequest {
  readonly head: string;
  readonly body: string;
  /** Which connection it came on, and which request of that connection it is; from 0. */
  readonly connection: number;
  readonly turn: number;
}

export type Answerer = (socket: Socket, request: RawRequest) => void;

export interface RawUpstreamOptions {
  readonly host?: string;
  readonly tls?: TlsOptions;
  /** Called as soon as a connection stands; `true`: it takes no requests. */
  readonly onConnection?: (socket: Socket, index: number) => boolean | undefined;
}

export class RawUpstream {
  readonly requests: RawRequest[] = [];
  readonly sockets: Socket[] = [];
  readonly #server: Server;
  readonly #answerer: Answerer;
  readonly #options: RawUpstreamOptions;

  private constructor(answerer: Answerer, options: RawUpstreamOptions) {
    this.#answerer = answerer;
    this.#options = options;
    this.#server = options.tls ? createTlsServer(options.tls) : createServer({ noDelay: true });
    this.#server.on(options.tls ? 'secureConnection' : 'connection', (socket: Socket) => this.#accept(socket));
    this.#server.on('tlsClientError', () => {});
  }

  static async start(t: TestScope, answerer: Answerer, options: RawUpstreamOptions = {}): Promise<RawUpstream> {
    const upstream = new RawUpstream(answerer, options);
    upstream.#server.listen(0, options.host ?? '127.0.0.1');
    await once(upstream.#server, 'listening');
    t.teardown(() => upstream.stop());
    return upstream;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get origin(): string {
    const host = this.#options.host ?? '127.0.0.1';
    return `${this.#options.tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${this.port}`;
  }

  /** Connections that stand. */
  get open(): number {
    return this.sockets.filter(({ destroyed }) => !destroyed).length;
  }

  stop(): void {
    for (const socket of this.sockets) socket.destroy();
    this.#server.close();
  }

  #accept(socket: Socket): void {
    const connection = this.sockets.push(socket) - 1;
    socket.on('error', () => {});
    if (this.#options.onConnection?.(socket, connection)) return;
    let heard = '';
    /** What has to come before it is worth looking. */
    let wanted = 0;
    let turn = 0;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      heard += text;
      while (heard.length >= wanted && heard.includes('\r\n\r\n')) {
        const head = heard.slice(0, heard.indexOf('\r\n\r\n') + 4);
        wanted = head.length + Number(/\r\ncontent-length: (\d+)/.exec(head)?.[1] ?? 0);
        if (heard.length < wanted) return;
        const request = { head, body: heard.slice(head.length, wanted), connection, turn: turn++ };
        heard = heard.slice(wanted);
        wanted = 0;
        this.requests.push(request);
        this.#answerer(socket, request);
      }
    });
  }
}

/** An answer of known length. */
export function answerOf(body: string, ...fields: string[]): string {
  return `${['HTTP/1.1 200 OK', `content-length: ${body.length}`, ...fields].join('\r\n')}\r\n\r\n${body}`;
}

/** How an exchange went. */
export interface Outcome {
  readonly status: number | undefined;
  readonly headers: UpstreamHeaders | undefined;
  readonly payload: string;
  readonly end: 'complete' | UpstreamFault['kind'];
  readonly cause: NodeJS.ErrnoException | undefined;
}

export interface Asked {
  readonly exchange: UpstreamExchange;
  readonly outcome: Promise<Outcome>;
  /** Payload so far. */
  readonly heard: () => string;
}

export interface AskOptions extends Partial<UpstreamRequest> {
  readonly onHeaders?: (exchange: UpstreamExchange) => void;
  readonly onData?: (exchange: UpstreamExchange, text: string) => void;
  readonly onEnd?: (exchange: UpstreamExchange) => void;
}

/** Sends a request and writes down what comes of it. */
export function ask(upstream: Upstream, options: AskOptions = {}): Asked {
  const { onHeaders, onData, onEnd, ...changes } = options;
  const request: UpstreamRequest = { method: 'POST', path: '/', headers: [], body: Buffer.from('{}'), ...changes };
  let [status, headers, payload]: [number | undefined, UpstreamHeaders | undefined, string] = [undefined, undefined, ''];
  let exchange!: UpstreamExchange;
  const outcome = new Promise<Outcome>((resolve) => {
    const over = (end: Outcome['end'], cause?: unknown): void =>
      resolve({ status, headers, payload, end, cause: cause as NodeJS.ErrnoException | undefined });
    exchange = upstream.send(request, {
      onHeaders: (code, given) => {
        [status, headers] = [code, given];
        onHeaders?.(exchange);
      },
      onData: (text) => {
        payload += text;
        onData?.(exchange, text);
      },
      onEnd: () => {
        onEnd?.(exchange);
        over('complete');
      },
      onError: (fault) => over(fault.kind, fault.cause),
    });
  });
  return { exchange, outcome, heard: () => payload };
}
