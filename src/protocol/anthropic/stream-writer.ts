/** A Messages stream: strict order, one open block, `message_delta` held until the end since usage comes just before it. */
import type { StreamWriter } from '../middle/dialect.js';
import type { JsonObject } from '../middle/fields.js';
import type { UpstreamErrorBody } from '../protocol.js';
import { AnswerWriter, type Delta, type Ending } from './answer-writer.js';
import { anthropicType } from './error.js';

const DELTAS: Readonly<Record<Delta, string>> = {
  text: '{"type":"text_delta","text":',
  thinking: '{"type":"thinking_delta","thinking":',
  input: '{"type":"input_json_delta","partial_json":',
};

export class MessagesStreamWriter extends AnswerWriter implements StreamWriter {
  #text = '';
  /** `message_start` waits for the usage that an upstream may tell with it, at most until the next event or `take`. */
  #startDue = false;
  #index = -1;

  take(): string {
    this.#start();
    const text = this.#text;
    this.#text = '';
    return text;
  }

  begin(): void {
    this.#startDue = true;
  }

  protected startBlock(block: JsonObject): void {
    this.#index++;
    this.#event('content_block_start', { type: 'content_block_start', index: this.#index, content_block: block });
  }

  /** The hot path: one concatenation, one string escaped. */
  protected writeDelta(kind: Delta, piece: string): void {
    this.#text += `event: content_block_delta\ndata: {"type":"content_block_delta","index":${this.#index},"delta":${DELTAS[kind]}${JSON.stringify(piece)}}}\n\n`;
  }

  protected writeSignature(signature: string): void {
    const delta = { type: 'signature_delta', signature };
    this.#event('content_block_delta', { type: 'content_block_delta', index: this.#index, delta });
  }

  protected stopBlock(): void {
    this.#event('content_block_stop', { type: 'content_block_stop', index: this.#index });
  }

  protected finish(ending: Ending, usage: JsonObject): void {
    this.#event('message_delta', { type: 'message_delta', delta: ending, usage });
    this.#event('message_stop', { type: 'message_stop' });
  }

  /** No `message_stop` follows. */
  protected breakOff(error: UpstreamErrorBody): void {
    const type = anthropicType(error) ?? 'api_error';
    this.#event('error', { type: 'error', error: { type, message: error.message } });
  }

  #event(name: string, data: JsonObject): void {
    this.#start();
    this.#text += `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  #start(): void {
    if (!this.#startDue) return;
    this.#startDue = false;
    this.#event('message_start', {
      type: 'message_start',
      message: this.message([], { stop_reason: null, stop_sequence: null }),
    });
  }
}
