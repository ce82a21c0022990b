/** What a client protocol must offer to the gateway: its errors, its routing fields, and eyes on its streams. Pure. */
import type { GatewayError } from '../errors.js';
import type { Usage } from '../usage.js';
import type { AnswerSight } from './whole-answer.js';

/** What a request says that routing needs; read from the body's top level only. */
export interface RoutingFields {
  readonly model: string;
  /** Where the model's value stands in the body, quotes included, so that an alias can be replaced in place. */
  readonly modelSpan: { readonly start: number; readonly end: number };
  readonly stream: boolean;
  /** `prompt_cache_key`, then the user. */
  readonly sessionHint?: string;
  /** The start of the prompt: system part and first user message, as written. */
  readonly promptPrefix?: string;
  /** Responses: the stored answer that this request goes on from, which only the credential that made it can read. */
  readonly previousResponseId?: string;
}

/** What the gateway learns from a stream that it passes on untouched. */
export type StreamSight =
  /** Nothing that a client would call an answer yet. */
  | 'preamble'
  | 'content'
  /** An error event before any content. */
  | { readonly error: UpstreamErrorBody };

/** Watches one answer stream; never changes a byte. Fed whole events as latin1 text. */
export interface StreamObserver {
  /** Looks closely, event by event: until content has been seen. */
  inspect(text: string): StreamSight;
  /** Looks for the end and the usage only: the hot path. */
  watch(text: string): void;
  /** The answer is complete as its protocol defines it: an end after this is not a cut. */
  readonly finished: boolean;
  /** The upstream has told the client of an error itself. */
  readonly errorSeen: boolean;
  readonly usage: Usage | undefined;
  /** The id of an answer that its maker keeps, to be gone on from (Responses). */
  readonly keptAs?: string | undefined;
  /** The last event of a stream that the gateway must break off, where it has to fit what went before (Responses). */
  failure?(error: GatewayError, requestId: string): string;
}

/** An upstream's own error, as far as it may be passed on. */
export interface UpstreamErrorBody {
  readonly message: string;
  readonly type: string | null;
  readonly code: string | null;
  readonly param: string | null;
}

/** One per client protocol. */
export interface Protocol {
  readonly name: 'openai' | 'anthropic' | 'responses';
  /** A whole error answer's body. */
  errorBody(error: GatewayError, requestId: string): string;
  /** An upstream's error in this protocol's envelope. */
  upstreamErrorBody(error: UpstreamErrorBody, status: number, requestId: string): string;
  /** The same as the last event of a stream, the empty line included. */
  streamError(error: GatewayError, requestId: string): string;
  /** Reads an error body that the upstream sent, undefined where it is none (HTML, empty). */
  readError(body: string): UpstreamErrorBody | undefined;
  /** Looks at a whole answer, latin1 text; undefined for one that is not complete. */
  inspectAnswer(body: string): AnswerSight | undefined;
}
