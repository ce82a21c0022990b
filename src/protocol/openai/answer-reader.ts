/**
 * Tells a sink what a chat answer says. A whole answer's `message` is read as one big delta, so that it cannot disagree
 * with the same answer streamed. One per answer.
 */
import type { Usage } from '../../usage.js';
import type { AnswerSink } from '../middle/answer.js';
import { BlockQueue } from '../middle/block-queue.js';
import { isJsonObject, isList, isText, type JsonObject } from '../middle/fields.js';
import type { UpstreamErrorBody } from '../protocol.js';
import { contentPieces } from './content-pieces.js';
import { stopOf } from './finish-reason.js';
import { ToolDeltas } from './tool-deltas.js';
import { usageOf } from './usage.js';

type Spoken = 'text' | 'thinking' | 'refusal';

/** Characters of white space held back until it is known whether words follow: a blank block is none (edge case 14). */
const MOST_BLANK = 64 * 1024;
/** What bridges to other protocols put into `stop_reason`, where vLLM puts the stop sequence that it met. */
const STOP_WORD = /^(?:end_turn|stop|stop_sequence|max_tokens|length|tool_use|tool_calls|pause_turn|refusal|eos\w*)$/;

export class ChatAnswerReader {
  /** Ended or failed: nothing more is told. */
  over = false;
  /** `finish_reason` has come. */
  stopped = false;
  readonly #sink: AnswerSink;
  readonly #queue: BlockQueue;
  readonly #tools: ToolDeltas;
  #begun = false;
  #reason: string | undefined;
  #sequence: string | undefined;
  #usage: Usage | undefined;
  #refused = false;
  /** The block that words go on with; tool calls go by their own keys. */
  #spoken: { readonly kind: Spoken; readonly key: string } | undefined;
  #blocks = 0;
  #blank = '';
  #blankKind: Spoken | undefined;
  /** The open thought's words came as `reasoning_content`: the same in `thinking_blocks` is no news. */
  #thoughtPlainly = false;

  constructor(sink: AnswerSink) {
    this.#sink = sink;
    this.#queue = new BlockQueue(sink);
    this.#tools = new ToolDeltas(this.#queue);
  }

  /** A chunk, or a whole answer. Choices but the first are not looked at; usage may stand in any chunk (edge case 37). */
  chunk(chunk: JsonObject): void {
    this.#usage = usageOf(chunk.usage) ?? this.#usage;
    if (!isList(chunk.choices)) return;
    for (const choice of chunk.choices)
      if (isJsonObject(choice) && (choice.index ?? 0) === 0) this.#choice(choice, isText(chunk.id) ? chunk.id : '');
  }

  #choice(choice: JsonObject, id: string): void {
    if (!this.#begun) this.#begin(id);
    if (isJsonObject(choice.delta)) this.#delta(choice.delta, false);
    else if (isJsonObject(choice.message)) this.#delta(choice.message, true);
    if (!isText(choice.finish_reason)) return;
    this.stopped = true;
    this.#reason = choice.finish_reason;
    const met = choice.stop_reason;
    if (isText(met) && !STOP_WORD.test(met)) this.#sequence = met;
  }

  #begin(id: string): void {
    this.#begun = true;
    this.#tools.answerId = id;
    this.#sink.begin(id === '' ? {} : { id });
  }

  #delta(delta: JsonObject, whole: boolean): void {
    this.#think(delta);
    if (isText(delta.content)) this.#say('text', delta.content);
    else for (const { kind, text } of contentPieces(delta.content)) this.#say(kind, text);
    if (isText(delta.refusal)) this.#say('refusal', delta.refusal);
    if (isList(delta.tool_calls) && delta.tool_calls.length > 0) this.#call(delta.tool_calls, whole);
    if (isJsonObject(delta.function_call)) this.#callFunction(delta.function_call);
  }

  #think(delta: JsonObject): void {
    if (isList(delta.thinking_blocks) && delta.thinking_blocks.length > 0) {
      for (const block of delta.thinking_blocks) if (isJsonObject(block)) this.#thinkBlock(block);
      return;
    }
    const text = isText(delta.reasoning_content) ? delta.reasoning_content : delta.reasoning;
    if (!isText(text) || text === '') return;
    this.#say('thinking', text);
    this.#thoughtPlainly = true;
  }

  /** A piece of a block, or a whole one behind the `reasoning_content` that said its words already. */
  #thinkBlock(block: JsonObject): void {
    if (block.type === 'redacted_thinking') return this.#thinkHidden(block.data);
    const said = this.#spoken?.kind === 'thinking' && this.#thoughtPlainly;
    if (isText(block.thinking) && !said) this.#say('thinking', block.thinking);
    if (!isText(block.signature) || block.signature === '') return;
    const { key } = this.#speak('thinking');
    this.#queue.signature(key, block.signature);
    this.#hush();
  }

  #thinkHidden(data: unknown): void {
    if (!isText(data) || data === '') return;
    this.#hush();
    const key = this.#newKey('redacted');
    this.#queue.open(key, { kind: 'redacted-thinking', maker: 'chat', proof: data });
    this.#queue.close(key);
  }

  #say(kind: Spoken, piece: string): void {
    if (piece === '') return;
    if (this.#spoken?.kind === kind) return this.#queue.text(this.#spoken.key, piece);
    const before = this.#blankKind === kind ? this.#blank : '';
    if (piece.trim() === '') {
      this.#blankKind = kind;
      this.#blank = (before + piece).slice(0, MOST_BLANK);
      return;
    }
    this.#queue.text(this.#speak(kind).key, before + piece);
  }

  /** The block of this kind that is being said, or a new one behind all others. */
  #speak(kind: Spoken): { readonly kind: Spoken; readonly key: string } {
    if (this.#spoken?.kind === kind) return this.#spoken;
    this.#hush();
    const spoken = { kind, key: this.#newKey(kind) };
    this.#spoken = spoken;
    if (kind === 'refusal') this.#refused = true;
    this.#queue.open(spoken.key, kind === 'thinking' ? { kind, maker: 'chat' } : { kind });
    return spoken;
  }

  #hush(): void {
    if (this.#spoken) this.#queue.close(this.#spoken.key);
    this.#spoken = undefined;
    this.#blank = '';
    this.#blankKind = undefined;
    this.#thoughtPlainly = false;
  }

  #newKey(kind: string): string {
    this.#blocks += 1;
    return `${kind}${this.#blocks}`;
  }

  /** Words that are being said end where calls begin; calls that go on do not end words that came later. */
  #call(deltas: readonly unknown[], whole: boolean): void {
    const { count } = this.#tools;
    for (const [place, delta] of deltas.entries()) this.#tools.add(delta, whole ? place : undefined);
    if (this.#tools.count > count) this.#hush();
  }

  #callFunction(delta: unknown): void {
    const { count } = this.#tools;
    this.#tools.addFunction(delta);
    if (this.#tools.count > count) this.#hush();
  }

  /** The answer is complete: what was held is told, then the usage, then why it stopped. */
  end(): void {
    if (this.over) return;
    this.over = true;
    if (!this.#begun) this.#begin('');
    this.#tools.finish();
    this.#queue.closeAll();
    if (this.#usage) this.#sink.usage(this.#usage);
    const stop = stopOf(this.#reason, { toolCalls: this.#tools.made, refusal: this.#refused });
    if (stop === 'end' && this.#sequence !== undefined) this.#sink.end('stop-sequence', this.#sequence);
    else this.#sink.end(stop);
  }

  fail(error: UpstreamErrorBody): void {
    if (this.over) return;
    this.over = true;
    this.#sink.fail(error);
  }
}
