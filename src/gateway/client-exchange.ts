/** The client's side of one request, as the gateway needs it; `http/` implements it on a Node socket. */
import type { IncomingHttpHeaders } from 'node:http';

export interface ClientExchange {
  /** As the client wrote it, with its query. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: IncomingHttpHeaders;
  /** The whole body. Throws `request_too_large` before buffering more than `limit` bytes, `client_closed_request` if it breaks off. No promise where all of it is there. */
  readBody(limit: number): Buffer | Promise<Buffer>;
  /** A whole answer; `latin1`: one character a byte, as upstream bytes are carried. */
  answer(status: number, headers: Record<string, string>, body: string, encoding: 'utf8' | 'latin1'): void;
  /** Status and headers of an answer whose body follows in pieces. */
  start(status: number, headers: Record<string, string>): void;
  /** Body bytes as latin1 text; `framed`: the same in chunked coding where it is known. False: hold on until `onDrain`. */
  write(text: string, framed?: string): boolean;
  /** The body is complete. */
  end(): void;
  /** Closes the connection so that the client sees a broken answer. */
  cut(): void;
  /** Bytes written that the client's side has not taken yet. */
  readonly unsent: number;
  /** Whether the client's side has taken bytes, or has taken them all, since this was last asked. */
  tookMore(): boolean;
  /** The client has gone, or the answer is complete. */
  readonly closed: boolean;
  /** Told of the client until the answer is complete. */
  listener: ClientListener | null;
}

export interface ClientListener {
  /** The client has read enough for more. */
  onDrain(): void;
  /** The client went away before its answer was complete. */
  onClose(): void;
  /** Whether what has gone out is an event stream that stands between two events. */
  readonly takesComments: boolean;
}
