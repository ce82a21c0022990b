/**
 * An answer in one piece. It is held until it is complete, so that a cut one can be asked for again; one that
 * is larger than the bound goes out as it comes from then on.
 */
import { convertAnswer } from '../protocol/convert/whole.js';
import type { AnswerContext } from '../protocol/middle/answer.js';
import type { UpstreamErrorBody } from '../protocol/protocol.js';
import { allowedResponseHeaders } from '../upstream/response-headers.js';
import type { UpstreamFault, UpstreamHeaders } from '../upstream/upstream.js';
import type { AnswerReader, AttemptControl } from './answer-reader.js';
import type { Asked } from './asked.js';
import type { RequestContext } from './context.js';
import type { Delivery } from './delivery.js';
import { clientStalled, errorInAnswer, type Failure, failureOf, timedOut, unusable } from './failure.js';
import { answerHeaders } from './gateway-headers.js';

/** Bytes held for one answer. */
const MOST_HELD = 8 * 1024 * 1024;
/** Bytes of an error. */
const LONGEST_ERROR = 64 * 1024;
/** A member that an answer has and an error has not. */
const ANSWER = /"(?:choices|content|output|data|input_tokens)"\s*:/;

export interface WholeAnswerParts {
  readonly control: AttemptControl;
  readonly context: RequestContext;
  readonly delivery: Delivery;
  readonly headers: UpstreamHeaders;
  readonly asked: Asked;
}

export class WholeAnswer implements AnswerReader {
  readonly #control: AttemptControl;
  readonly #context: RequestContext;
  readonly #delivery: Delivery;
  readonly #headers: UpstreamHeaders;
  readonly #asked: Asked;
  #text = '';
  #flowing = false;
  #paused = false;
  #lastByteAt = performance.now();

  constructor({ control, context, delivery, headers, asked }: WholeAnswerParts) {
    this.#control = control;
    this.#context = context;
    this.#delivery = delivery;
    this.#headers = headers;
    this.#asked = asked;
  }

  onData(text: string): void {
    this.#lastByteAt = performance.now();
    if (this.#flowing) return this.#send(text);
    this.#text += text;
    if (this.#text.length <= MOST_HELD) return;
    if (this.#asked.answer) this.#break(unusable('it is too large to be converted'));
    else this.#startFlowing();
  }

  onEnd(): void {
    if (this.#flowing) {
      this.#delivery.end();
      this.#control.finish({ kind: 'delivered', outcome: 'ok' });
      return;
    }
    const text = this.#text;
    if (this.#asked.answer) return this.#convert(text, this.#asked.answer);
    const sight = this.#asked.route.protocol.inspectAnswer(text);
    if (!sight) return this.#break(unusable('it is no complete JSON'));
    const error = sight.usage === undefined ? this.#errorIn(text) : undefined;
    if (error) return this.#break(errorInAnswer(error));
    if (sight.keptAs) this.#control.keep(sight.keptAs);
    this.#delivery.answer(200, this.#responseHeaders(), text, 'latin1');
    this.#control.finish({ kind: 'delivered', outcome: 'ok', usage: sight.usage });
  }

  onFault(fault: UpstreamFault): void {
    this.#break(failureOf(fault));
  }

  onDrain(): void {
    this.#paused = false;
    this.#lastByteAt = performance.now();
    this.#control.resume();
  }

  get held(): number {
    return this.#text.length;
  }

  check(now: number): void {
    if (this.#paused && this.#context.client.tookMore()) this.#lastByteAt = now;
    if (now - this.#lastByteAt <= this.#context.snapshot.config.timeouts.idle) return;
    this.#break(this.#paused ? clientStalled() : timedOut('the rest of its answer'));
  }

  /** An error under a status that says otherwise: another credential may do better, and the caller must not take it for an answer. */
  #errorIn(text: string): UpstreamErrorBody | undefined {
    if (text.length > LONGEST_ERROR || !text.includes('"error"') || ANSWER.test(text)) return undefined;
    return this.#asked.route.protocol.readError(Buffer.from(text, 'latin1').toString('utf8'));
  }

  #convert(text: string, answer: AnswerContext): void {
    const { dialect } = this.#context.route;
    const from = this.#asked.route.dialect;
    const converted = from && dialect ? convertAnswer(from, dialect, text, answer) : { kind: 'none' as const };
    if (converted.kind === 'none') return this.#break(unusable('it is no complete answer'));
    if (converted.kind === 'error') return this.#break(errorInAnswer(converted.error));
    this.#delivery.answer(200, this.#responseHeaders(), converted.body, 'utf8');
    this.#control.finish({ kind: 'delivered', outcome: 'ok', usage: converted.usage });
  }

  #startFlowing(): void {
    this.#flowing = true;
    this.#delivery.state = 'content';
    this.#context.status = 200;
    this.#context.client.start(200, answerHeaders(this.#context, this.#responseHeaders()));
    this.#send(this.#text);
    this.#text = '';
  }

  #send(text: string): void {
    if (this.#delivery.send(text, '', this.#lastByteAt) || this.#paused) return;
    this.#paused = true;
    this.#control.pause();
  }

  /** A half answer cannot be told apart from a whole one but by a broken connection. */
  #break(failure: Failure): void {
    if (!this.#flowing) {
      this.#control.finish({ kind: 'failed', failure });
      return;
    }
    this.#delivery.state = 'ended';
    this.#context.client.cut();
    this.#control.finish({ kind: 'delivered', outcome: 'incomplete', failure });
  }

  #responseHeaders(): Record<string, string> {
    return Object.assign({ 'content-type': 'application/json' }, allowedResponseHeaders(this.#headers));
  }
}
