/** A tool call under construction: of a function (JSON arguments) or of a custom tool (free text). */
import { type ClientTool, inputOf } from '../openai/client-tools.js';
import { type AnswerEvents, placeText } from './events.js';
import type { OpenItem } from './open-item.js';
import type { OutputItem } from './response-object.js';

export class CallItem implements OpenItem {
  /** The item's own; the tool's is what the result names (edge case 11). */
  readonly #id: string;
  readonly #tool: ClientTool;
  readonly #index: number;
  readonly #events: AnswerEvents;
  readonly #pieces: string[] = [];
  readonly #place: Readonly<Record<string, unknown>>;
  readonly #placeText: string;

  constructor(id: string, tool: ClientTool, index: number, events: AnswerEvents) {
    this.#id = id;
    this.#tool = tool;
    this.#index = index;
    this.#events = events;
    this.#place = { item_id: id, output_index: index };
    this.#placeText = placeText(this.#place);
    events.event('response.output_item.added', { output_index: index, item: this.#item('in_progress', '') });
  }

  text(piece: string): void {
    this.#pieces.push(piece);
    if (!this.#tool.wrapped) this.#delta(piece);
  }

  finish(): OutputItem {
    const input = inputOf(this.#tool, this.#pieces);
    // What no piece brought must come all the same: clients add up the pieces (edge case 34).
    if (input !== '' && (this.#tool.wrapped || this.#pieces.length === 0)) this.#delta(input);
    const name = this.#tool.name;
    if (this.#tool.custom) this.#events.event('response.custom_tool_call_input.done', { ...this.#place, input });
    else this.#events.event('response.function_call_arguments.done', { ...this.#place, name, arguments: input });
    const item = this.#item('completed', input);
    this.#events.event('response.output_item.done', { output_index: this.#index, item });
    return item;
  }

  /** As far as it has come. */
  value(): OutputItem {
    return this.#item('incomplete', inputOf(this.#tool, this.#pieces));
  }

  #delta(piece: string): void {
    const type = this.#tool.custom ? 'response.custom_tool_call_input.delta' : 'response.function_call_arguments.delta';
    this.#events.delta(type, this.#placeText, piece);
  }

  #item(status: string, input: string): OutputItem {
    const { id, name, custom } = this.#tool;
    const head = { id: this.#id, type: custom ? 'custom_tool_call' : 'function_call', status, call_id: id, name };
    return custom ? { ...head, input } : { ...head, arguments: input };
  }
}
