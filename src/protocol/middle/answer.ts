/**
 * The middle form of an answer: a sequence of calls. A reader (of a stream or of a whole body) makes them, a writer (of a
 * stream or of a whole body) takes them, so a streamed answer and the same answer in one piece cannot disagree, and no
 * event costs an object.
 *
 *     begin  (open (text | signature)* close)*  usage*  end        or  fail, at any point, and then nothing
 */
import type { Usage } from '../../usage.js';
import type { UpstreamErrorBody } from '../protocol.js';
import type { Maker } from './request.js';

/** What an answer is made of, in the order in which the model made it. */
export type BlockHead =
  | { readonly kind: 'text' }
  | { readonly kind: 'refusal' }
  /** `id`: the maker's item id, where it has one. */
  | { readonly kind: 'thinking'; readonly maker: Maker; readonly id?: string }
  | { readonly kind: 'redacted-thinking'; readonly maker: Maker; readonly proof: string; readonly id?: string }
  /** `custom`: the input is free text, not JSON. */
  | { readonly kind: 'tool-call'; readonly id: string; readonly name: string; readonly custom?: boolean };

export type StopReason =
  /** The model was done, or paused its turn. */
  | 'end'
  | 'stop-sequence'
  /** The token limit or the context window. */
  | 'length'
  | 'tool-use'
  /** The model or a filter refused. */
  | 'refusal';

/** Who asked what; one block is open at a time. */
export interface AnswerSink {
  /** Once, before anything else but `fail`. `id`: the upstream's own id of the answer. */
  begin(head: { readonly id?: string }): void;
  open(block: BlockHead): void;
  /** A piece of the open block: text, refusal, thought, or a tool call's input as JSON text. Never ''. */
  text(piece: string): void;
  /** The open thinking block's proof, whole. */
  signature(proof: string): void;
  close(): void;
  /** As far as it is known: members given replace those given before. */
  usage(usage: Partial<Usage>): void;
  /** `sequence`: the stop sequence met, where the upstream says which. */
  end(stop: StopReason, sequence?: string): void;
  /** The upstream's own error, instead of an end. */
  fail(error: UpstreamErrorBody): void;
}

/** What the answer's writer must know of the client's request: plain values, made with the upstream's request. */
export interface AnswerHints {
  /** The model as the client named it: echoed in every event. */
  readonly model: string;
  /** Chat: the client asked for usage in its stream. */
  readonly includeUsage: boolean;
  /** Responses: the members of the request that the answer repeats, by their names there. */
  readonly echo?: Readonly<Record<string, unknown>>;
  /** Names that had to be shortened for the upstream, and what they were. */
  readonly toolNames?: Readonly<Record<string, string>>;
  /** Tools that the client declared as custom and the upstream got as functions with one `input` string. */
  readonly customTools?: readonly string[];
}

/** What a writer may not find out for itself, being pure. */
export interface AnswerContext extends AnswerHints {
  /** Unique: ids of the answer and its items are made of it. Letters and digits. */
  readonly answerId: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
}
