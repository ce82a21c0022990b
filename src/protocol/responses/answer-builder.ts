/**
 * Builds the Response out of an answer's calls and tells each step as an event: the whole writer listens to none of them,
 * the stream writer to all, so both say the same (edge case 44).
 */
import type { Usage } from '../../usage.js';
import type { AnswerContext, AnswerSink, BlockHead, StopReason } from '../middle/answer.js';
import { ClientTools } from '../openai/client-tools.js';
import type { UpstreamErrorBody } from '../protocol.js';
import { CallItem } from './call-item.js';
import { responseError } from './error.js';
import type { AnswerEvents } from './events.js';
import { MessageItem, type PartKind } from './message-item.js';
import type { OpenItem } from './open-item.js';
import { ReasoningItem } from './reasoning-item.js';
import { type OutputItem, type ResponseParts, responseObject } from './response-object.js';

type ThinkingHead = Extract<BlockHead, { kind: 'thinking' }>;

export class AnswerBuilder implements AnswerSink {
  /** Set once the answer is complete; a failed one has none. */
  response: Record<string, unknown> | undefined;
  readonly #context: AnswerContext;
  readonly #events: AnswerEvents;
  readonly #tools: ClientTools;
  readonly #output: OutputItem[] = [];
  #item: OpenItem | undefined;
  /** Opened by the upstream, and not by us before it has words: no block is empty. */
  #pending: PartKind | ThinkingHead | undefined;
  #usage: Partial<Usage> = {};
  #begun = false;
  #over = false;
  #refused = false;

  constructor(context: AnswerContext, events: AnswerEvents) {
    this.#context = context;
    this.#events = events;
    this.#tools = new ClientTools(context);
  }

  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    const response = this.#object({ status: 'in_progress', output: [] });
    this.#events.event('response.created', { response });
    this.#events.event('response.in_progress', { response });
  }

  open(block: BlockHead): void {
    this.begin();
    if (block.kind === 'text' || block.kind === 'refusal') this.#pending = block.kind;
    else if (block.kind === 'thinking') this.#pending = block;
    else if (block.kind === 'tool-call') this.#start(this.#call(block));
    else this.#startReasoning(block).signature(block.proof, true);
  }

  text(piece: string): void {
    this.#settle();
    this.#item?.text(piece);
  }

  signature(proof: string): void {
    this.#settle();
    if (this.#item instanceof ReasoningItem) this.#item.signature(proof);
  }

  /** A message stays open: another text may follow in it. */
  close(): void {
    if (this.#pending === undefined) {
      if (this.#item instanceof MessageItem) this.#item.closePart();
      else this.#finishItem();
    }
    this.#pending = undefined;
  }

  usage(usage: Partial<Usage>): void {
    this.#usage = { ...this.#usage, ...usage };
  }

  end(stop: StopReason): void {
    if (this.#over) return;
    this.begin();
    this.#over = true;
    this.#finishItem(stop === 'length');
    const incompleteReason = this.#incompleteReason(stop);
    const status = incompleteReason ? 'incomplete' : 'completed';
    this.response = this.#object({ status, incompleteReason, output: this.#output, usage: this.#usage });
    this.#events.event(`response.${status}`, { response: this.response });
  }

  fail(error: UpstreamErrorBody): void {
    if (this.#over) return;
    this.begin();
    this.#over = true;
    const output = this.#item ? [...this.#output, this.#item.value('incomplete')] : this.#output;
    const usage = Object.keys(this.#usage).length > 0 ? this.#usage : undefined;
    const response = this.#object({ status: 'failed', error: responseError(error), output, ...(usage && { usage }) });
    this.#events.event('response.failed', { response });
  }

  /** The block that was opened has its first words: now it is begun. */
  #settle(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    if (typeof pending === 'object') this.#startReasoning(pending);
    else this.#openPart(pending);
  }

  #openPart(kind: PartKind): void {
    if (kind === 'refusal') this.#refused = true;
    const open = this.#item instanceof MessageItem ? this.#item : undefined;
    const message = open ?? this.#start((index) => new MessageItem(this.#id('msg', index), index, this.#events));
    message.openPart(kind);
  }

  #startReasoning({ maker, id }: Pick<ThinkingHead, 'maker' | 'id'>): ReasoningItem {
    const own = maker === 'openai' ? id : undefined;
    return this.#start((index) => new ReasoningItem(own ?? this.#id('rs', index), index, maker, this.#events));
  }

  #call(block: Extract<BlockHead, { kind: 'tool-call' }>): (index: number) => CallItem {
    const tool = this.#tools.of(block);
    return (index) => new CallItem(this.#id(tool.custom ? 'ctc' : 'fc', index), tool, index, this.#events);
  }

  #start<T extends OpenItem>(create: (index: number) => T): T {
    this.#finishItem();
    const item = create(this.#output.length);
    this.#item = item;
    return item;
  }

  #finishItem(incomplete = false): void {
    if (this.#item) this.#output.push(this.#item.finish(incomplete));
    this.#item = undefined;
  }

  /** A refusal in words is a complete answer; one without is a filter's doing. */
  #incompleteReason(stop: StopReason): ResponseParts['incompleteReason'] {
    if (stop === 'length') return 'max_output_tokens';
    return stop === 'refusal' && !this.#refused ? 'content_filter' : undefined;
  }

  #id(prefix: string, index: number): string {
    return `${prefix}_${this.#context.answerId}_${index}`;
  }

  #object(parts: Omit<ResponseParts, 'id' | 'createdAt' | 'model' | 'echo'>): Record<string, unknown> {
    const { answerId, createdAt, model, echo } = this.#context;
    return responseObject({ ...parts, id: `resp_${answerId}`, createdAt, model, ...(echo && { echo }) });
  }
}
