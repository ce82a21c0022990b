/** What each of the three dialects can do: read and write requests, whole answers and streams. */
import type { AnswerContext, AnswerHints, AnswerSink } from './answer.js';
import type { DialectName, MiddleRequest } from './request.js';

export interface Dialect {
  readonly name: DialectName;
  /**
   * A client's body, parsed. `model`: what the upstream is to be asked for.
   * @throws GatewayError 400 with the client's own path of the field at fault.
   */
  readRequest(body: Readonly<Record<string, unknown>>, model: string): MiddleRequest;
  /** @throws GatewayError 400 `unsupported_value` naming the client's field that this dialect cannot express. */
  writeRequest(request: MiddleRequest): WrittenRequest;
  /** What an answer in this dialect repeats of its request (Responses alone). */
  echo?(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
  /** An upstream's whole answer, parsed; false: it is none (and nothing was told). */
  readWhole(body: Readonly<Record<string, unknown>>, sink: AnswerSink): boolean;
  createStreamReader(sink: AnswerSink): StreamReader;
  createWholeWriter(context: AnswerContext): WholeWriter;
  createStreamWriter(context: AnswerContext): StreamWriter;
}

export interface WrittenRequest {
  /** To be sent as JSON. */
  readonly body: Record<string, unknown>;
  /** The client's fields that are not in it, for `x-gateway-dropped`; no field twice. */
  readonly dropped: readonly string[];
  readonly hints?: Pick<AnswerHints, 'toolNames' | 'customTools'>;
}

/** Turns an upstream's events into calls of its sink. One per stream. */
export interface StreamReader {
  /** `type`: of the `event:` line, '' without one; `data`: whole, decoded text. Unknown and empty events are skipped. */
  event(type: string, data: string): void;
  /**
   * The upstream has closed its stream. Tells the sink the end where it was held back for a late usage; a stream that was
   * not complete ends with nothing, and `finished` stays false.
   */
  close(): void;
  /** The answer is complete as its protocol defines it. */
  readonly finished: boolean;
}

export interface WholeWriter extends AnswerSink {
  /** The client's answer, after `end`; undefined before it or after `fail`. */
  body(): Record<string, unknown> | undefined;
}

/** Keeps what it has written until it is taken; one per stream, bounded by what one event of the upstream brings. */
export interface StreamWriter extends AnswerSink {
  /** Events since the last call, as UTF-16 text, empty lines included. */
  take(): string;
}
