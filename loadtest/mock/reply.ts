import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { ErrorWords, MockDialect } from './dialect.js';
import type { Grant, Ledger, Outcome } from './ledger.js';

/** A client that does not read gets no more than this put into its socket's memory, bytes. */
const MOST_BUFFERED = 256 * 1024;

/**
 * One answer under way: head, pieces, end, and the one report of how it ended. Streamed pieces are framed by hand and
 * written straight to the socket, one write each: `ServerResponse.write` costs more than the write itself.
 */
export class Reply {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly grant: Grant;
  readonly dialect: MockDialect;
  events = 0;
  doneMarkers = 0;
  /** Whoever still works on the answer hears of its end here, once. */
  whenOver: () => void = () => {};
  /** The server that made this reply hears of it here. */
  whenSettled: () => void = () => {};
  private readonly ledger: Ledger;
  private settled = false;
  private status = 200;

  constructor(request: IncomingMessage, response: ServerResponse, grant: Grant, ledger: Ledger, dialect: MockDialect) {
    this.request = request;
    this.response = response;
    this.grant = grant;
    this.ledger = ledger;
    this.dialect = dialect;
    response.once('close', () => this.settle(response.writableFinished ? 'completed' : 'aborted'));
    if (response.destroyed || request.socket.destroyed) this.settle('aborted');
  }

  get socket(): Socket {
    return this.request.socket;
  }

  get requestId(): string {
    return `req_mock_${this.grant.id}`;
  }

  get over(): boolean {
    return this.settled;
  }

  /** Too much waits in the socket; go on at its `drain`. */
  get congested(): boolean {
    return this.socket.writableLength > MOST_BUFFERED;
  }

  /** Reports the outcome; the first call counts. */
  settle(outcome: Outcome): void {
    if (this.settled) return;
    this.settled = true;
    const { events, doneMarkers, status } = this;
    this.ledger.settle({ id: this.grant.id, outcome, status, events, doneMarkers });
    this.whenOver();
    this.whenSettled();
  }

  /** A whole answer with its length. */
  send(status: number, headers: OutgoingHttpHeaders, body: string | Buffer, outcome: Outcome): void {
    this.status = status;
    this.response.writeHead(status, { ...this.commonHeaders(), ...headers, 'content-length': Buffer.byteLength(body) });
    this.response.end(body);
    this.settleWhenWritten(outcome);
  }

  sendJson(status: number, body: string, outcome: Outcome, headers: OutgoingHttpHeaders = {}): void {
    this.send(status, { 'content-type': 'application/json', ...headers }, body, outcome);
  }

  /** An error on purpose, in the words of the dialect that the client spoke. */
  sendError(status: number, words: ErrorWords, headers: OutgoingHttpHeaders = {}): void {
    this.sendJson(status, this.dialect.errorBody(status, words, this.requestId), 'refused', headers);
  }

  /** Sends the head of a stream of events, at once. */
  startStream(headers: OutgoingHttpHeaders = {}): void {
    const own = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' };
    this.response.writeHead(200, { ...this.commonHeaders(), ...own, ...headers });
    this.response.flushHeaders();
  }

  /** Writes text (latin1: one character is one byte) as one HTTP chunk, in one write. */
  write(text: string): void {
    this.socket.write(this.frame(text), 'latin1');
  }

  /** Text as one HTTP chunk; as it is for a client of HTTP/1.0. */
  frame(text: string): string {
    return this.response.chunkedEncoding ? `${text.length.toString(16)}\r\n${text}\r\n` : text;
  }

  /** Ends a stream properly, as far as HTTP goes. */
  end(outcome: Outcome): void {
    this.response.end();
    this.settleWhenWritten(outcome);
  }

  /** Closes the connection in the middle: by FIN, or by RST when `reset` is set. */
  cut(reset: boolean): void {
    this.settle('faulted');
    // Behind TLS Node can send no reset; the missing goodbye of TLS tells the same.
    if (reset && this.socket instanceof TLSSocket) this.socket.destroy();
    else if (reset) this.socket.resetAndDestroy();
    else this.socket.destroySoon();
  }

  commonHeaders(): OutgoingHttpHeaders {
    return this.dialect.headers(this.requestId);
  }

  /** At once when the network took all of it (so that the slot is free before the client can ask again), else when it has. */
  private settleWhenWritten(outcome: Outcome): void {
    if (this.socket.writableLength === 0) this.settle(outcome);
    else this.response.once('finish', () => this.settle(outcome));
  }
}
