/** What the gateway needs of an upstream connection: one request out, its answer back as events, with a brake and a way to stop. */

export interface UpstreamRequest {
  readonly method: 'POST' | 'GET';
  /** Path with the base URL's own in front. */
  readonly path: string;
  /** Name, value, name, value. */
  readonly headers: string[];
  readonly body: Buffer | null;
}

/** Lower-case names; a repeated header keeps its last value (`connection`: all of them). */
export type UpstreamHeaders = ReadonlyMap<string, string>;

/** Called in order: `onHeaders`, any number of `onData`, then exactly one of `onEnd` or `onError`; nothing after `stop`. */
export interface UpstreamListener {
  onHeaders(status: number, headers: UpstreamHeaders): void;
  /**
   * Body bytes as they come, as latin1 text: one character a byte. `framed` is the same as whole chunks of the chunked
   * coding (RFC 9112 §7.1) that may be passed on as they are; '' where they must be framed anew.
   */
  onData(text: string, framed: string): void;
  /** The body is complete by its own framing. */
  onEnd(): void;
  onError(error: UpstreamFault): void;
}

/** A request under way. */
export interface UpstreamExchange {
  pause(): void;
  resume(): void;
  /** Closes the connection; the listener hears nothing more. */
  stop(): void;
}

export interface Upstream {
  send(request: UpstreamRequest, listener: UpstreamListener): UpstreamExchange;
  /** Lets running exchanges finish, then closes idle connections. */
  close(): Promise<void>;
}

export type UpstreamFaultKind =
  /** No connection came about: refused, unknown host, certificate, time-out. */
  | 'connect'
  /** The connection broke, or the answer broke HTTP's rules. */
  | 'broken';

/** Why there is no (whole) answer. The cause is for the log, never for the caller. */
export class UpstreamFault extends Error {
  override readonly name = 'UpstreamFault';
  readonly kind: UpstreamFaultKind;

  constructor(kind: UpstreamFaultKind, cause: unknown) {
    super(kind === 'connect' ? 'The upstream could not be reached.' : 'The connection to the upstream broke.', { cause });
    this.kind = kind;
  }
}
