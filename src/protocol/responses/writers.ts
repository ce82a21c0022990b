/** The two writers of a Responses answer: the same builder, with and without ears for its events. */
import type { AnswerContext } from '../middle/answer.js';
import type { StreamWriter, WholeWriter } from '../middle/dialect.js';
import { AnswerBuilder } from './answer-builder.js';
import { EventText, NO_EVENTS } from './events.js';

export class ResponsesWholeWriter extends AnswerBuilder implements WholeWriter {
  constructor(context: AnswerContext) {
    super(context, NO_EVENTS);
  }

  body(): Record<string, unknown> | undefined {
    return this.response;
  }
}

export class ResponsesStreamWriter extends AnswerBuilder implements StreamWriter {
  readonly #text: EventText;

  constructor(context: AnswerContext, text = new EventText()) {
    super(context, text);
    this.#text = text;
  }

  take(): string {
    return this.#text.take();
  }
}
