/** A tool call under construction: of a function (JSON arguments) or of a custom tool (free text). */
import { isText } from '../middle/fields.js';
import { parseObject } from '../openai/error.js';
import { type AnswerEvents, placeText } from './events.js';
import type { OpenItem } from './open-item.js';
import type { OutputItem } from './response-object.js';

export interface CallHead {
  /** The item's own id; `callId` is what the result names (edge case 11). */
  readonly id: string;
  readonly callId: string;
  readonly name: string;
  readonly custom: boolean;
  /** The upstream took a custom tool as a function with one `input` string: its arguments are unwrapped once complete. */
  readonly wrapped: boolean;
}

export class CallItem implements OpenItem {
  readonly #head: CallHead;
  readonly #index: number;
  readonly #events: AnswerEvents;
  readonly #pieces: string[] = [];
  readonly #place: Readonly<Record<string, unknown>>;
  readonly #placeText: string;

  constructor(head: CallHead, index: number, events: AnswerEvents) {
    this.#head = head;
    this.#index = index;
    this.#events = events;
    this.#place = { item_id: head.id, output_index: index };
    this.#placeText = placeText(this.#place);
    events.event('response.output_item.added', { output_index: index, item: this.#item('in_progress', '') });
  }

  text(piece: string): void {
    this.#pieces.push(piece);
    if (!this.#head.wrapped) this.#delta(piece);
  }

  finish(): OutputItem {
    const input = this.#input();
    // What no piece brought must come all the same: clients add up the pieces (edge case 34).
    if (input !== '' && (this.#head.wrapped || this.#pieces.length === 0)) this.#delta(input);
    const name = this.#head.name;
    if (this.#head.custom) this.#events.event('response.custom_tool_call_input.done', { ...this.#place, input });
    else this.#events.event('response.function_call_arguments.done', { ...this.#place, name, arguments: input });
    const item = this.#item('completed', input);
    this.#events.event('response.output_item.done', { output_index: this.#index, item });
    return item;
  }

  /** As far as it has come. */
  value(): OutputItem {
    return this.#item('incomplete', this.#input());
  }

  #delta(piece: string): void {
    const type = this.#head.custom ? 'response.custom_tool_call_input.delta' : 'response.function_call_arguments.delta';
    this.#events.delta(type, this.#placeText, piece);
  }

  #input(): string {
    const written = this.#pieces.join('');
    if (this.#head.wrapped) return unwrapped(written);
    return written === '' && !this.#head.custom ? '{}' : written;
  }

  #item(status: string, input: string): OutputItem {
    const { id, callId, name, custom } = this.#head;
    if (custom) return { id, type: 'custom_tool_call', status, call_id: callId, name, input };
    return { id, type: 'function_call', status, call_id: callId, name, arguments: input };
  }
}

/** The `input` string of a function's arguments; what is no such object is the input itself. */
function unwrapped(written: string): string {
  const input = parseObject(written)?.input;
  return isText(input) ? input : written;
}
