/** A reasoning item under construction: the thought as one summary part, its proof as `encrypted_content`. */

import { seal } from '../middle/proof.js';
import type { Maker } from '../middle/request.js';
import { type AnswerEvents, placeText } from './events.js';
import type { OpenItem } from './open-item.js';
import type { OutputItem } from './response-object.js';

export class ReasoningItem implements OpenItem {
  readonly #id: string;
  readonly #index: number;
  readonly #maker: Maker;
  readonly #events: AnswerEvents;
  readonly #place: Readonly<Record<string, unknown>>;
  readonly #placeText: string;
  readonly #pieces: string[] = [];
  #encrypted: string | undefined;

  constructor(id: string, index: number, maker: Maker, events: AnswerEvents) {
    this.#id = id;
    this.#index = index;
    this.#maker = maker;
    this.#events = events;
    this.#place = { item_id: id, output_index: index, summary_index: 0 };
    this.#placeText = placeText(this.#place);
    events.event('response.output_item.added', { output_index: index, item: this.#item([], undefined) });
  }

  text(piece: string): void {
    if (this.#pieces.length === 0)
      this.#events.event('response.reasoning_summary_part.added', { ...this.#place, part: summaryPart('') });
    this.#pieces.push(piece);
    this.#events.delta('response.reasoning_summary_text.delta', this.#placeText, piece);
  }

  /** `redacted`: there is no thought to be read beside it. */
  signature(proof: string, redacted = false): void {
    this.#encrypted = this.#maker === 'openai' ? proof : seal({ maker: this.#maker, proof, ...(redacted && { redacted }) });
  }

  finish(): OutputItem {
    const item = this.value();
    if (this.#pieces.length > 0) {
      const text = this.#pieces.join('');
      this.#events.event('response.reasoning_summary_text.done', { ...this.#place, text });
      this.#events.event('response.reasoning_summary_part.done', { ...this.#place, part: summaryPart(text) });
    }
    this.#events.event('response.output_item.done', { output_index: this.#index, item });
    return item;
  }

  /** Thought without proof is marked as such, so that its text finds back to those who accept it. */
  value(): OutputItem {
    const unproved = this.#maker === 'openai' ? undefined : seal({ maker: this.#maker });
    return this.#item(this.#pieces.length > 0 ? [summaryPart(this.#pieces.join(''))] : [], this.#encrypted ?? unproved);
  }

  /** The API itself gives it no status, and refuses one that is sent back. */
  #item(summary: readonly OutputItem[], encrypted: string | undefined): OutputItem {
    return { id: this.#id, type: 'reasoning', summary, ...(encrypted !== undefined && { encrypted_content: encrypted }) };
  }
}

function summaryPart(text: string): OutputItem {
  return { type: 'summary_text', text };
}
