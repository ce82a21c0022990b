/** Writes a chat completion for a client in one piece. */
import type { Usage } from '../../usage.js';
import type { AnswerContext, BlockHead, StopReason } from '../middle/answer.js';
import type { WholeWriter } from '../middle/dialect.js';
import { type ClientTool, ClientTools, inputOf } from './client-tools.js';
import { reasonOf } from './finish-reason.js';
import { writeBlock } from './thinking-blocks.js';
import { writeUsage } from './usage.js';

export class ChatWholeWriter implements WholeWriter {
  readonly #context: AnswerContext;
  readonly #tools: ClientTools;
  #block: BlockHead | undefined;
  #pieces: string[] = [];
  #signature: string | undefined;
  #content = '';
  #refusal = '';
  #reasoning = '';
  readonly #thinkingBlocks: object[] = [];
  readonly #toolCalls: object[] = [];
  #usage: Partial<Usage> | undefined;
  #reason: string | undefined;

  constructor(context: AnswerContext) {
    this.#context = context;
    this.#tools = new ClientTools(context);
  }

  begin(): void {}

  open(block: BlockHead): void {
    this.#block = block;
    this.#pieces = [];
    this.#signature = undefined;
  }

  text(piece: string): void {
    this.#pieces.push(piece);
  }

  signature(proof: string): void {
    this.#signature = proof;
  }

  close(): void {
    const block = this.#block;
    this.#block = undefined;
    if (!block) return;
    if (block.kind === 'tool-call') this.#toolCalls.push(writtenCall(this.#tools.of(block), this.#pieces));
    else this.#add(block, this.#pieces.join(''));
  }

  #add(block: Exclude<BlockHead, { kind: 'tool-call' }>, text: string): void {
    if (block.kind === 'text') this.#content += text;
    else if (block.kind === 'refusal') this.#refusal += text;
    else {
      this.#reasoning += text;
      const written = writeBlock(block, text, this.#signature);
      if (written) this.#thinkingBlocks.push(written);
    }
  }

  usage(usage: Partial<Usage>): void {
    this.#usage = { ...this.#usage, ...usage };
  }

  end(stop: StopReason): void {
    this.#reason = reasonOf(stop);
  }

  fail(): void {
    this.#reason = undefined;
  }

  body(): Record<string, unknown> | undefined {
    if (this.#reason === undefined) return undefined;
    return {
      id: `chatcmpl-${this.#context.answerId}`,
      object: 'chat.completion',
      created: this.#context.createdAt,
      model: this.#context.model,
      choices: [{ index: 0, message: this.#message(), logprobs: null, finish_reason: this.#reason }],
      ...(this.#usage && { usage: writeUsage(this.#usage) }),
    };
  }

  #message(): object {
    const silent = this.#toolCalls.length > 0 || this.#refusal !== '';
    return {
      role: 'assistant',
      content: this.#content || (silent ? null : ''),
      refusal: this.#refusal || null,
      ...(this.#reasoning !== '' && { reasoning_content: this.#reasoning }),
      ...(this.#thinkingBlocks.length > 0 && { thinking_blocks: this.#thinkingBlocks }),
      ...(this.#toolCalls.length > 0 && { tool_calls: this.#toolCalls }),
    };
  }
}

function writtenCall(tool: ClientTool, pieces: readonly string[]): object {
  const { id, name, custom } = tool;
  const input = inputOf(tool, pieces);
  return custom
    ? { id, type: 'custom', custom: { name, input } }
    : { id, type: 'function', function: { name, arguments: input } };
}
