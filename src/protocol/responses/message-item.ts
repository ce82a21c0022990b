/** An assistant's message under construction: its parts are texts and refusals, in the order in which they came. */
import { type AnswerEvents, placeText } from './events.js';
import type { OpenItem } from './open-item.js';
import type { OutputItem } from './response-object.js';

export type PartKind = 'text' | 'refusal';

interface OpenPart {
  readonly kind: PartKind;
  readonly pieces: string[];
  readonly place: Readonly<Record<string, unknown>>;
  readonly placeText: string;
}

export class MessageItem implements OpenItem {
  readonly #id: string;
  readonly #index: number;
  readonly #events: AnswerEvents;
  readonly #content: OutputItem[] = [];
  #part: OpenPart | undefined;

  constructor(id: string, index: number, events: AnswerEvents) {
    this.#id = id;
    this.#index = index;
    this.#events = events;
    events.event('response.output_item.added', { output_index: index, item: this.value('in_progress') });
  }

  openPart(kind: PartKind): void {
    const place = { item_id: this.#id, output_index: this.#index, content_index: this.#content.length };
    this.#part = { kind, pieces: [], place, placeText: placeText(kind === 'text' ? { ...place, logprobs: [] } : place) };
    this.#events.event('response.content_part.added', { ...place, part: partOf(kind, '') });
  }

  text(piece: string): void {
    const part = this.#part;
    if (!part) return;
    part.pieces.push(piece);
    this.#events.delta(DELTA[part.kind], part.placeText, piece);
  }

  closePart(): void {
    const part = this.#part;
    if (!part) return;
    this.#part = undefined;
    const whole = part.pieces.join('');
    const done = partOf(part.kind, whole);
    this.#content.push(done);
    if (part.kind === 'text') this.#events.event('response.output_text.done', { ...part.place, logprobs: [], text: whole });
    else this.#events.event('response.refusal.done', { ...part.place, refusal: whole });
    this.#events.event('response.content_part.done', { ...part.place, part: done });
  }

  /** `incomplete`: the answer broke off within it. */
  finish(incomplete: boolean): OutputItem {
    this.closePart();
    const item = this.value(incomplete ? 'incomplete' : 'completed');
    this.#events.event('response.output_item.done', { output_index: this.#index, item });
    return item;
  }

  /** As far as it has come. */
  value(status: 'in_progress' | 'completed' | 'incomplete'): OutputItem {
    const open = this.#part && partOf(this.#part.kind, this.#part.pieces.join(''));
    const content = open ? [...this.#content, open] : [...this.#content];
    return { id: this.#id, type: 'message', status, role: 'assistant', content };
  }
}

const DELTA: Readonly<Record<PartKind, string>> = {
  text: 'response.output_text.delta',
  refusal: 'response.refusal.delta',
};

function partOf(kind: PartKind, text: string): OutputItem {
  return kind === 'text' ? { type: 'output_text', annotations: [], logprobs: [], text } : { type: 'refusal', refusal: text };
}
