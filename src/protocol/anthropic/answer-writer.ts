/**
 * Decides what blocks a Messages answer has, for the whole answer and the stream alike: contiguous indices, none of them
 * empty, thinking with its maker's proof or a sealed one.
 */
import type { Usage } from '../../usage.js';
import type { AnswerContext, AnswerSink, BlockHead, StopReason } from '../middle/answer.js';
import type { JsonObject } from '../middle/fields.js';
import { seal } from '../middle/proof.js';
import type { UpstreamErrorBody } from '../protocol.js';
import { writeStopReason } from './stop-reason.js';
import { writeUsage } from './usage.js';

/** What a piece of an open block is called. */
export type Delta = 'text' | 'thinking' | 'input';

export interface Ending {
  readonly stop_reason: string;
  readonly stop_sequence: string | null;
}

export abstract class AnswerWriter implements AnswerSink {
  readonly #context: AnswerContext;
  #usage: Partial<Usage> = {};
  /** The block that the reader has open. */
  #head: BlockHead | undefined;
  /** The same has been written: it is more than white space. */
  #started = false;
  /** White space that the open block began with, while nothing else has come. */
  #blank = '';
  #proof: string | undefined;
  #toolCalls = false;
  #refused = false;
  #over = false;

  constructor(context: AnswerContext) {
    this.#context = context;
  }

  /** A block begins; for a redacted one that is all. */
  protected abstract startBlock(block: JsonObject): void;
  protected abstract writeDelta(kind: Delta, piece: string): void;
  protected abstract writeSignature(signature: string): void;
  protected abstract stopBlock(): void;
  protected abstract finish(ending: Ending, usage: JsonObject): void;
  protected abstract breakOff(error: UpstreamErrorBody): void;

  abstract begin(head: { readonly id?: string }): void;

  /** The answer without content, as `message_start` has it. */
  protected message(content: readonly JsonObject[], ending: Ending | Nothing): Record<string, unknown> {
    return {
      id: `msg_${this.#context.answerId}`,
      type: 'message',
      role: 'assistant',
      model: this.#context.model,
      content,
      ...ending,
      usage: writeUsage(this.#usage),
    };
  }

  open(head: BlockHead): void {
    this.#head = head;
    this.#started = false;
    this.#blank = '';
    this.#proof = undefined;
    if (head.kind === 'tool-call') this.#start(this.#toolUse(head));
    else if (head.kind === 'redacted-thinking') this.#start({ type: 'redacted_thinking', data: proofOf(head, head.proof) });
  }

  text(piece: string): void {
    const head = this.#head;
    if (!head || head.kind === 'redacted-thinking') return;
    if (head.kind === 'tool-call') this.writeDelta('input', piece);
    else if (head.kind === 'thinking') this.#think(piece);
    else this.#say(piece);
  }

  signature(proof: string): void {
    this.#proof = proof;
  }

  close(): void {
    const head = this.#head;
    this.#head = undefined;
    if (head?.kind === 'thinking') this.#sign(head);
    if (this.#started) this.stopBlock();
  }

  usage(usage: Partial<Usage>): void {
    this.#usage = { ...this.#usage, ...usage };
  }

  end(stop: StopReason, sequence?: string): void {
    if (this.#over) return;
    this.#over = true;
    const reason = writeStopReason(stop, { toolCalls: this.#toolCalls, refused: this.#refused });
    const met = reason === 'stop_sequence' ? (sequence ?? null) : null;
    this.finish({ stop_reason: reason, stop_sequence: met }, writeUsage(this.#usage));
  }

  fail(error: UpstreamErrorBody): void {
    if (this.#over) return;
    this.#over = true;
    this.breakOff(error);
  }

  #toolUse({ id, name }: { id: string; name: string }): JsonObject {
    this.#toolCalls = true;
    return { type: 'tool_use', id, name: this.#context.toolNames?.[name] ?? name, input: {} };
  }

  /** Models write line breaks before they call a tool; a block of nothing else would be refused when it comes back (edge case 14). */
  #say(piece: string): void {
    if (!this.#started) {
      this.#blank += piece;
      if (this.#blank.trim() === '') return;
      if (this.#head?.kind === 'refusal') this.#refused = true;
      this.#start({ type: 'text', text: '' });
      return this.writeDelta('text', this.#blank);
    }
    this.writeDelta('text', piece);
  }

  #think(piece: string): void {
    if (!this.#started) this.#start({ type: 'thinking', thinking: '', signature: '' });
    this.writeDelta('thinking', piece);
  }

  /** Thought without words but with proof stays: the proof holds the words (Anthropic's `display: omitted`). */
  #sign(head: Extract<BlockHead, { kind: 'thinking' }>): void {
    if (!this.#started && this.#proof === undefined) return;
    if (!this.#started) this.#start({ type: 'thinking', thinking: '', signature: '' });
    const signature = proofOf(head, this.#proof);
    if (signature !== '') this.writeSignature(signature);
  }

  #start(block: JsonObject): void {
    this.#started = true;
    this.startBlock(block);
  }
}

/** What `message_start` says of the ending. */
export interface Nothing {
  readonly stop_reason: null;
  readonly stop_sequence: null;
}

/** Anthropic's own stands as it is; another's is wrapped with its maker's name. */
function proofOf(
  { maker, id }: Pick<Extract<BlockHead, { kind: 'thinking' }>, 'maker' | 'id'>,
  proof: string | undefined,
): string {
  return maker === 'anthropic' ? (proof ?? '') : seal({ maker, proof, id });
}
