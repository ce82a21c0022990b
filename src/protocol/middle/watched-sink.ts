/** Passes an answer on to its writer and remembers what the gateway must know of it: has content begun, what did it cost, did it fail. */
import type { Usage } from '../../usage.js';
import type { UpstreamErrorBody } from '../protocol.js';
import type { AnswerSink, BlockHead, StopReason } from './answer.js';

const NO_USAGE: Usage = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 };

export class WatchedSink implements AnswerSink {
  hasContent = false;
  ended = false;
  error: UpstreamErrorBody | undefined;
  seenUsage: Usage | undefined;
  readonly #writer: AnswerSink;
  readonly #inClientsWords: (error: UpstreamErrorBody) => UpstreamErrorBody;

  /** `inClientsWords`: makes of the upstream's error what its client understands. */
  constructor(writer: AnswerSink, inClientsWords: (error: UpstreamErrorBody) => UpstreamErrorBody) {
    this.#writer = writer;
    this.#inClientsWords = inClientsWords;
  }

  begin(head: { readonly id?: string }): void {
    this.#writer.begin(head);
  }

  /** Text and thought are content with their first piece; a tool call or hidden thought is by itself. */
  open(block: BlockHead): void {
    if (block.kind === 'tool-call' || block.kind === 'redacted-thinking') this.hasContent = true;
    this.#writer.open(block);
  }

  text(piece: string): void {
    this.hasContent = true;
    this.#writer.text(piece);
  }

  signature(proof: string): void {
    this.#writer.signature(proof);
  }

  close(): void {
    this.#writer.close();
  }

  usage(usage: Partial<Usage>): void {
    this.seenUsage = { ...(this.seenUsage ?? NO_USAGE), ...usage };
    this.#writer.usage(usage);
  }

  end(stop: StopReason, sequence?: string): void {
    this.hasContent = true;
    this.ended = true;
    this.#writer.end(stop, sequence);
  }

  fail(error: UpstreamErrorBody): void {
    this.error = this.#inClientsWords(error);
    this.#writer.fail(this.error);
  }
}
