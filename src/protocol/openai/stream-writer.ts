/** Writes a chat completion for a client as a stream of `chat.completion.chunk` events. One per stream. */
import type { Usage } from '../../usage.js';
import type { AnswerContext, BlockHead, StopReason } from '../middle/answer.js';
import type { StreamWriter } from '../middle/dialect.js';
import type { UpstreamErrorBody } from '../protocol.js';
import { type ClientTool, ClientTools, inputOf } from './client-tools.js';
import { upstreamErrorBody } from './error.js';
import { reasonOf } from './finish-reason.js';
import { writeBlock } from './thinking-blocks.js';
import { writeUsage } from './usage.js';

export class ChatStreamWriter implements StreamWriter {
  readonly #tools: ClientTools;
  readonly #includeUsage: boolean;
  /** What every chunk begins with, up to its `choices`. */
  readonly #head: string;
  /** What every chunk but the last ends with. */
  readonly #tail: string;
  #out = '';
  #roleWritten = false;
  #block: BlockHead | undefined;
  #tool: ClientTool | undefined;
  /** Counts tool calls alone, other than a Messages block's (edge case 35). */
  #toolIndex = -1;
  /** What cannot be said before the block is complete: thought for its proof, a wrapped input. */
  #held: string[] = [];
  #inputWritten = false;
  #signature: string | undefined;
  #usage: Partial<Usage> | undefined;
  #over = false;

  constructor(context: AnswerContext) {
    this.#tools = new ClientTools(context);
    this.#includeUsage = context.includeUsage;
    const { answerId, createdAt, model } = context;
    const same = { id: `chatcmpl-${answerId}`, object: 'chat.completion.chunk', created: createdAt, model };
    this.#head = `data: ${JSON.stringify(same).slice(0, -1)},"choices":[`;
    this.#tail = `]${context.includeUsage ? ',"usage":null' : ''}}\n\n`;
  }

  take(): string {
    const out = this.#out;
    this.#out = '';
    return out;
  }

  begin(): void {}

  open(block: BlockHead): void {
    this.#block = block;
    this.#held = [];
    this.#signature = undefined;
    if (block.kind === 'tool-call') this.#openTool(this.#tools.of(block));
  }

  #openTool(tool: ClientTool): void {
    this.#tool = tool;
    this.#toolIndex += 1;
    this.#inputWritten = false;
    const { id, name, custom } = tool;
    const said = custom
      ? { type: 'custom', custom: { name, input: '' } }
      : { type: 'function', function: { name, arguments: '' } };
    this.#delta(`"tool_calls":[${JSON.stringify({ index: this.#toolIndex, id, ...said })}]`, false);
  }

  text(piece: string): void {
    switch (this.#block?.kind) {
      case 'text':
        return this.#delta(`"content":${JSON.stringify(piece)}`, true);
      case 'refusal':
        return this.#delta(`"refusal":${JSON.stringify(piece)}`, false);
      case 'thinking':
        this.#held.push(piece);
        return this.#delta(`"reasoning_content":${JSON.stringify(piece)}`, false);
      case 'tool-call':
        if (this.#tool?.wrapped) this.#held.push(piece);
        else this.#input(piece);
    }
  }

  #input(piece: string): void {
    this.#inputWritten = true;
    const said = this.#tool?.custom ? { custom: { input: piece } } : { function: { arguments: piece } };
    this.#delta(`"tool_calls":[${JSON.stringify({ index: this.#toolIndex, ...said })}]`, false);
  }

  signature(proof: string): void {
    this.#signature = proof;
  }

  close(): void {
    const block = this.#block;
    this.#block = undefined;
    if (block?.kind === 'tool-call') this.#closeTool();
    if (block?.kind !== 'thinking' && block?.kind !== 'redacted-thinking') return;
    const written = writeBlock(block, this.#held.join(''), this.#signature);
    if (written) this.#delta(`"thinking_blocks":[${JSON.stringify(written)}]`, false);
  }

  /** A call without input has `{}` here as in the whole answer (edge case 34). */
  #closeTool(): void {
    const tool = this.#tool;
    if (!tool || this.#inputWritten) return;
    const input = inputOf(tool, this.#held);
    if (input !== '') this.#input(input);
  }

  usage(usage: Partial<Usage>): void {
    this.#usage = { ...this.#usage, ...usage };
  }

  end(stop: StopReason): void {
    if (this.#over) return;
    this.#over = true;
    if (!this.#roleWritten) this.#delta('"content":""', true);
    this.#choice('{}', JSON.stringify(reasonOf(stop)));
    if (this.#includeUsage && this.#usage) this.#out += `${this.#head}],"usage":${JSON.stringify(writeUsage(this.#usage))}}\n\n`;
    this.#out += 'data: [DONE]\n\n';
  }

  fail(error: UpstreamErrorBody): void {
    if (this.#over) return;
    this.#over = true;
    this.#out += `data: ${upstreamErrorBody(error)}\n\n`;
  }

  /** `members`: JSON; the first delta has the role too, and says that there is no content where it has none. */
  #delta(members: string, isContent: boolean): void {
    const role = this.#roleWritten ? '' : `"role":"assistant",${isContent ? '' : '"content":null,'}`;
    this.#roleWritten = true;
    this.#choice(`{${role}${members}}`, 'null');
  }

  #choice(delta: string, reason: string): void {
    this.#out += `${this.#head}{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${reason}}${this.#tail}`;
  }
}
