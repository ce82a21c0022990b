/** Reads a Responses stream event by event, told apart by `data.type`; unknown events are skipped. One per stream. */
import { GatewayError } from '../../errors.js';
import { parseObject } from '../json-object.js';
import type { AnswerSink } from '../middle/answer.js';
import { BlockQueue } from '../middle/block-queue.js';
import type { StreamReader } from '../middle/dialect.js';
import { isJsonObject, isText, type JsonObject } from '../middle/fields.js';
import type { UpstreamErrorBody } from '../protocol.js';
import { errorOfEvent } from './error.js';
import { ItemReader } from './item-reader.js';
import { stopOf } from './stop.js';
import { usageOf } from './usage.js';

export class ResponsesStreamReader implements StreamReader {
  finished = false;
  readonly #answer: AnswerSink;
  readonly #items: ItemReader;
  #begun = false;
  /** Complete or failed: what comes after is not part of the answer. */
  #over = false;

  constructor(answer: AnswerSink) {
    this.#answer = answer;
    this.#items = new ItemReader(new BlockQueue(answer));
  }

  event(type: string, data: string): void {
    const event = this.#over ? undefined : parseObject(data);
    if (!event) return;
    const error = errorOfEvent(event.type === undefined && type !== '' ? { ...event, type } : event);
    if (error) return this.#failed(error, event);
    try {
      this.#dispatch(isText(event.type) ? event.type : type, event);
    } catch (fault) {
      if (!(fault instanceof GatewayError)) throw fault;
      this.#failed(fault, event);
    }
  }

  /** The end comes with its own event: nothing was held back. */
  close(): void {}

  #dispatch(type: string, event: JsonObject): void {
    switch (type) {
      case 'response.created':
      case 'response.in_progress':
      case 'response.queued':
        return this.#begin(event.response);
      case 'response.completed':
      case 'response.incomplete':
        return this.#completed(event.response);
      default:
        if (!type.startsWith('response.')) return;
        this.#begin(undefined);
        if (isText(event.delta) && event.delta !== '') this.#delta(type, event, event.delta);
        else this.#whole(type, event);
    }
  }

  #delta(type: string, event: JsonObject, piece: string): void {
    const index = numberAt(event, 'output_index');
    switch (type) {
      case 'response.output_text.delta':
        return this.#items.part(index, numberAt(event, 'content_index'), 'text', piece);
      case 'response.refusal.delta':
        return this.#items.part(index, numberAt(event, 'content_index'), 'refusal', piece);
      case 'response.reasoning_summary_text.delta':
        return this.#items.thought(index, 'summary', numberAt(event, 'summary_index'), piece);
      case 'response.reasoning_text.delta':
        return this.#items.thought(index, 'content', numberAt(event, 'content_index'), piece);
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        return this.#items.input(index, piece);
    }
  }

  #whole(type: string, event: JsonObject): void {
    const index = numberAt(event, 'output_index');
    const at = numberAt(event, 'content_index');
    switch (type) {
      case 'response.output_item.added':
        return isJsonObject(event.item) ? this.#items.added(index, event.item) : undefined;
      case 'response.output_item.done':
        return isJsonObject(event.item) ? this.#items.done(index, event.item) : undefined;
      case 'response.output_text.done':
        return this.#items.wholePart(index, at, 'text', textAt(event, 'text'));
      case 'response.refusal.done':
        return this.#items.wholePart(index, at, 'refusal', textAt(event, 'refusal'));
      case 'response.content_part.done':
        return this.#partDone(index, at, event.part);
      case 'response.reasoning_summary_text.done':
        return this.#items.wholeThought(index, 'summary', numberAt(event, 'summary_index'), textAt(event, 'text'));
      case 'response.function_call_arguments.done':
        return this.#items.wholeInput(index, textAt(event, 'arguments'));
      case 'response.custom_tool_call_input.done':
        return this.#items.wholeInput(index, textAt(event, 'input'));
    }
  }

  #partDone(index: number, at: number, part: unknown): void {
    if (!isJsonObject(part) || part.type === 'reasoning_text') return;
    if (isText(part.text)) this.#items.wholePart(index, at, 'text', part.text);
    if (isText(part.refusal)) this.#items.wholePart(index, at, 'refusal', part.refusal);
    this.#items.closePart(index, at);
  }

  #begin(response: unknown): void {
    if (this.#begun) return;
    this.#begun = true;
    const id = isJsonObject(response) && isText(response.id) ? response.id : undefined;
    this.#answer.begin(id === undefined ? {} : { id });
  }

  #completed(value: unknown): void {
    const response = isJsonObject(value) ? value : {};
    this.#begin(response);
    this.#items.finish(response.output);
    this.#usage(response);
    this.#answer.end(stopOf(response, this.#items));
    this.#over = true;
    this.finished = true;
  }

  #failed({ message, type, code, param }: UpstreamErrorBody, event: JsonObject): void {
    if (isJsonObject(event.response)) this.#usage(event.response);
    this.#answer.fail({ message, type, code, param });
    this.#over = true;
  }

  #usage(response: JsonObject): void {
    const usage = usageOf(response.usage);
    if (usage) this.#answer.usage(usage);
  }
}

function numberAt(event: JsonObject, name: string): number {
  const value = event[name];
  return typeof value === 'number' ? value : 0;
}

function textAt(event: JsonObject, name: string): string {
  const value = event[name];
  return isText(value) ? value : '';
}
