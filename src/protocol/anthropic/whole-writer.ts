/** A Messages answer in one piece. */
import type { WholeWriter } from '../middle/dialect.js';
import type { JsonObject } from '../middle/fields.js';
import { AnswerWriter, type Delta, type Ending } from './answer-writer.js';
import { inputObject } from './tool-input.js';

export class MessagesWholeWriter extends AnswerWriter implements WholeWriter {
  readonly #content: JsonObject[] = [];
  #block: JsonObject = {};
  #pieces: string[] = [];
  #signature = '';
  #body: Record<string, unknown> | undefined;

  body(): Record<string, unknown> | undefined {
    return this.#body;
  }

  begin(): void {}

  protected startBlock(block: JsonObject): void {
    this.#block = block;
    this.#pieces = [];
    this.#signature = '';
  }

  protected writeDelta(_kind: Delta, piece: string): void {
    this.#pieces.push(piece);
  }

  protected writeSignature(signature: string): void {
    this.#signature = signature;
  }

  protected stopBlock(): void {
    this.#content.push(filled(this.#block, this.#pieces.join(''), this.#signature));
  }

  protected finish(ending: Ending): void {
    this.#body = this.message(this.#content, ending);
  }

  protected breakOff(): void {
    this.#body = undefined;
  }
}

function filled(block: JsonObject, text: string, signature: string): JsonObject {
  if (block.type === 'text') return { ...block, text };
  if (block.type === 'thinking') return { ...block, thinking: text, signature };
  return block.type === 'tool_use' ? { ...block, input: inputObject(text) } : block;
}
