/** Reads a Messages stream: `data.type` says what an event is, whether or not an `event:` line does. */
import { objectAt, parseObject, textAt } from '../json-object.js';
import type { AnswerSink, StopReason } from '../middle/answer.js';
import type { StreamReader } from '../middle/dialect.js';
import type { JsonObject } from '../middle/fields.js';
import { errorOf } from './error.js';
import { readHead, readWords, tellRefusal } from './read-answer.js';
import { readStopReason } from './stop-reason.js';
import { UsageTally } from './usage.js';

export class MessagesStreamReader implements StreamReader {
  readonly #sink: AnswerSink;
  readonly #tally = new UsageTally();
  #begun = false;
  /** The upstream's index of the block that is open in the sink. */
  #openIndex: unknown;
  #isOpen = false;
  /** Input that came with the block's start, for upstreams that send it whole: deltas take its place. */
  #inputAtStart = '';
  #stop: StopReason | undefined;
  #sequence: string | undefined;
  #stopDetails: JsonObject = {};
  #over = false;
  finished = false;

  constructor(sink: AnswerSink) {
    this.#sink = sink;
  }

  /** @throws Error when a second answer begins in the stream. */
  event(type: string, data: string): void {
    if (this.#over) return;
    const event = parseObject(data);
    if (!event) return;
    switch (textAt(event, 'type') || type) {
      case 'content_block_delta':
        return this.#blockDelta(event);
      case 'message_start':
        return this.#messageStart(objectAt(event, 'message'));
      case 'content_block_start':
        return this.#blockStart(event, objectAt(event, 'content_block'));
      case 'content_block_stop':
        return this.#blockStop(event);
      case 'message_delta':
        return this.#messageDelta(event, objectAt(event, 'delta'));
      case 'message_stop':
        return this.#end();
      case 'error':
        return this.#fail(event);
    }
  }

  /** An upstream that told why it stopped has answered whole, though it left `message_stop` out. */
  close(): void {
    if (!this.#over && this.#stop !== undefined) this.#end();
  }

  #messageStart(message: JsonObject): void {
    if (this.#begun) throw new Error('the upstream began a second answer in one stream');
    this.#begin(textAt(message, 'id'));
    this.#count(message.usage);
  }

  #begin(id: string): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#sink.begin(id === '' ? {} : { id });
  }

  #blockStart(event: JsonObject, block: JsonObject): void {
    this.#begin('');
    this.#closeOpen();
    const head = readHead(block);
    if (!head) return;
    this.#isOpen = true;
    this.#openIndex = event.index;
    this.#sink.open(head);
    const words = readWords(block);
    if (head.kind === 'tool-call') this.#inputAtStart = words;
    else if (words !== '') this.#sink.text(words);
    const signature = textAt(block, 'signature');
    if (signature !== '') this.#sink.signature(signature);
  }

  /** Deltas of a block that is not told (a server tool's) have another index. */
  #blockDelta(event: JsonObject): void {
    if (!this.#isOpen || event.index !== this.#openIndex) return;
    const delta = objectAt(event, 'delta');
    switch (delta.type) {
      case 'text_delta':
        return this.#words(textAt(delta, 'text'));
      case 'input_json_delta':
        return this.#words(textAt(delta, 'partial_json'));
      case 'thinking_delta':
        return this.#words(textAt(delta, 'thinking'));
      case 'signature_delta':
        return this.#sink.signature(textAt(delta, 'signature'));
    }
  }

  #words(piece: string): void {
    if (piece === '') return;
    this.#inputAtStart = '';
    this.#sink.text(piece);
  }

  #blockStop(event: JsonObject): void {
    if (this.#isOpen && event.index === this.#openIndex) this.#closeOpen();
  }

  #closeOpen(): void {
    if (!this.#isOpen) return;
    if (this.#inputAtStart !== '') this.#sink.text(this.#inputAtStart);
    this.#inputAtStart = '';
    this.#isOpen = false;
    this.#sink.close();
  }

  #messageDelta(event: JsonObject, delta: JsonObject): void {
    this.#begin('');
    const reason = textAt(delta, 'stop_reason');
    if (reason !== '') this.#stop = readStopReason(reason);
    this.#sequence = textAt(delta, 'stop_sequence') || this.#sequence;
    if (delta.stop_details) this.#stopDetails = objectAt(delta, 'stop_details');
    this.#count(event.usage);
  }

  #count(usage: unknown): void {
    if (this.#tally.add(usage) && this.#tally.usage) this.#sink.usage(this.#tally.usage);
  }

  #end(): void {
    this.#begin('');
    this.#closeOpen();
    if (this.#stop === 'refusal') tellRefusal(this.#stopDetails, this.#sink);
    this.#over = true;
    this.finished = true;
    this.#sink.end(this.#stop ?? 'end', this.#sequence);
  }

  #fail(event: JsonObject): void {
    this.#over = true;
    this.#sink.fail(errorOf(event) ?? { message: 'The upstream failed.', type: 'api_error', code: null, param: null });
  }
}
