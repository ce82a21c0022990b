import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { OpenStream } from './open-stream.js';

/** The private parts of autocannon 9.0.0's client that the guard leans on (`lib/httpClient.js`); guard.test.ts holds them in place. */
export interface EngineClient extends EventEmitter {
  conn?: Socket;
  parser: { body_bytes: number | null; execute(chunk: Buffer): number | Error; reinitialize(type: 'RESPONSE'): void };
  pipelinedRequests: { clear(): void };
  reqsMade: number;
  responseMax?: number;
  destroyed: boolean;
  _connect(): void;
  _doRequest(): void;
  _destroyConnection(): void;
  destroy(): void;
}

/** After a failure without a status line the user waits before it dials again, or a refused port would be a busy loop. */
const REDIAL_MS = 250;

/**
 * Stands between one autocannon client and its connection, since on its own the client (each seen with 9.0.0):
 * never resets its parser after a cut, so that the next answer is read as chunk data; counts a FIN in mid-stream as nothing;
 * writes into a socket whose server announced `Connection: close`; dials twice when an error follows an end.
 * It also gives what the client lacks: think time, and a drain that lets open streams finish.
 */
export class ConnectionGuard {
  readonly #client: EngineClient;
  readonly #stream: OpenStream;
  readonly #nextThink: () => number;
  readonly #plainConnect: () => void;
  readonly #plainDoRequest: () => void;
  readonly #plainDestroyConnection: () => void;
  #timer: NodeJS.Timeout | undefined;
  /** When the user has thought enough; 0: not thinking. */
  #thinkUntil = 0;
  /** The client tore its socket down by itself, which it does on its time-out only. */
  #tornDown = false;
  #serverCloses = false;
  #errorCode = '';

  constructor(client: EngineClient, stream: OpenStream, nextThink: () => number) {
    this.#client = client;
    this.#stream = stream;
    this.#nextThink = nextThink;
    this.#plainConnect = client._connect.bind(client);
    this.#plainDoRequest = client._doRequest.bind(client);
    this.#plainDestroyConnection = client._destroyConnection.bind(client);
    client._connect = () => this.#connect();
    client._doRequest = () => this.#doRequest();
    client._destroyConnection = () => this.#destroyConnection();
    this.#listen();
  }

  /** No new streams; the one under way may finish. */
  drain(): void {
    this.#client.responseMax = Math.max(1, this.#client.reqsMade);
    if (!this.#stream.isOpen) this.#client.destroy();
  }

  /** Ends now; a stream under way is incomplete. */
  abort(): void {
    this.#stream.broken('incomplete', '');
    this.#client.destroy();
  }

  #listen(): void {
    const client = this.#client;
    client.on('request', () => this.#stream.start());
    client.on('headers', (facts: { statusCode: number; shouldKeepAlive: boolean }) => {
      this.#serverCloses = !facts.shouldKeepAlive;
      this.#stream.headers(facts.statusCode);
    });
    // The parser lowers `body_bytes`, what is left of this chunk, after it calls back.
    client.on('body', (piece: Buffer) => this.#stream.body(piece, client.parser.body_bytes === piece.length));
    client.on('response', () => this.#stream.complete());
    client.on('connError', (error: NodeJS.ErrnoException) => {
      this.#errorCode = error.code ?? error.message;
    });
    client.on('done', () => clearTimeout(this.#timer));
    this.#watchParser();
  }

  /** The client ignores what the parser returns; bytes that are no HTTP would leave the user waiting for its time-out. */
  #watchParser(): void {
    const { parser } = this.#client;
    const execute = parser.execute.bind(parser);
    parser.execute = (chunk) => {
      const result = execute(chunk);
      if (result instanceof Error) this.#client.conn?.destroy(new Error('malformed HTTP'));
      return result;
    };
  }

  #connect(): void {
    const hadStatus = this.#stream.hasStatus;
    const failed = this.#stream.isOpen;
    if (failed) this.#breakStream();
    this.#leaveOldSocket();
    this.#client.pipelinedRequests.clear();
    this.#client.parser.reinitialize('RESPONSE');
    clearTimeout(this.#timer);
    if (this.#client.destroyed) return;
    if (this.#isDraining()) this.#client.destroy();
    else if (failed && !hadStatus) this.#timer = setTimeout(() => this.#dial(), REDIAL_MS);
    else this.#dial();
  }

  #dial(): void {
    this.#tornDown = false;
    this.#serverCloses = false;
    this.#errorCode = '';
    this.#plainConnect();
  }

  #breakStream(): void {
    if (this.#tornDown)
      this.#stream.broken('timeout', this.#stream.hasStatus ? 'timeout in the stream' : 'timeout before headers');
    else if (this.#stream.hasStatus) this.#stream.broken('truncated', this.#errorCode || 'closed in the stream');
    else this.#stream.broken('connect', this.#errorCode || 'closed before headers');
  }

  /** The client leaves its listeners on a dying socket; a late error there would dial a second time. */
  #leaveOldSocket(): void {
    const old = this.#client.conn;
    if (!old) return;
    for (const event of ['error', 'end', 'data']) old.removeAllListeners(event);
    old.on('error', () => {});
    old.destroy();
  }

  #doRequest(): void {
    const client = this.#client;
    if (client.destroyed) return;
    if (this.#isDraining()) return client.destroy();
    if (this.#serverCloses) return client._connect();
    if (client.reqsMade > 0 && this.#thinkUntil === 0) this.#thinkUntil = performance.now() + this.#nextThink();
    const wait = this.#thinkUntil - performance.now();
    if (wait > 0) this.#timer = setTimeout(() => this.#send(), wait);
    else this.#send();
  }

  #send(): void {
    if (this.#client.destroyed) return;
    this.#thinkUntil = 0;
    this.#plainDoRequest();
  }

  #destroyConnection(): void {
    this.#tornDown = true;
    if (this.#client.conn) this.#plainDestroyConnection();
  }

  #isDraining(): boolean {
    // Without a limit the client holds 0.
    return Boolean(this.#client.responseMax) && this.#client.reqsMade >= (this.#client.responseMax ?? 0);
  }
}
