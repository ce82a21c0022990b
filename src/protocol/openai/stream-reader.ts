/** Reads a chat completion stream of an upstream. One per stream. */
import { GatewayError } from '../../errors.js';
import { parseObject } from '../json-object.js';
import type { AnswerSink } from '../middle/answer.js';
import type { StreamReader } from '../middle/dialect.js';
import type { UpstreamErrorBody } from '../protocol.js';
import { ChatAnswerReader } from './answer-reader.js';
import { errorOf } from './error.js';

const DONE = '[DONE]';

export class ChatStreamReader implements StreamReader {
  readonly #answer: ChatAnswerReader;
  #done = false;
  #failed = false;

  constructor(sink: AnswerSink) {
    this.#answer = new ChatAnswerReader(sink);
  }

  get finished(): boolean {
    return !this.#failed && (this.#done || this.#answer.stopped);
  }

  /** The end waits for `[DONE]` or the close: usage may come behind the finish reason (edge case 37). */
  event(type: string, data: string): void {
    if (this.#answer.over || data === '') return;
    if (data.charCodeAt(0) === 0x5b && data.trimEnd() === DONE) return this.#finish();
    const chunk = parseObject(data);
    if (!chunk) return;
    const error = errorOf(chunk) ?? namelessError(type, chunk);
    if (error) return this.#fail(error);
    try {
      this.#answer.chunk(chunk);
    } catch (fault) {
      if (!(fault instanceof GatewayError)) throw fault;
      this.#fail(fault);
    }
  }

  close(): void {
    if (this.finished) this.#finish();
  }

  #finish(): void {
    this.#done = true;
    this.#answer.end();
  }

  #fail({ message, type, code, param }: UpstreamErrorBody): void {
    this.#failed = true;
    this.#answer.fail({ message, type, code, param });
  }
}

/** An error without a message is one all the same, and no answer. */
function namelessError(type: string, { error, choices }: Record<string, unknown>): UpstreamErrorBody | undefined {
  if (type !== 'error' && (choices !== undefined || !error)) return undefined;
  return { message: 'The upstream reported an error without saying which.', type: 'api_error', code: null, param: null };
}
