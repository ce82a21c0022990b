/**
 * An upstream's event stream in one dialect as a client's in another, bytes in and bytes out. It takes the place of both
 * the aligner and the observer of a stream that passes untouched. One per attempt.
 */
import type { GatewayError } from '../../errors.js';
import type { Usage } from '../../usage.js';
import type { AnswerContext } from '../middle/answer.js';
import type { Dialect, StreamReader, StreamWriter } from '../middle/dialect.js';
import type { WatchedSink } from '../middle/watched-sink.js';
import type { StreamObserver, StreamSight } from '../protocol.js';
import type { EventSource } from '../sse.js';
import { encoded, SseParser } from '../sse-parser.js';
import { clientSink } from './sink.js';

export class StreamConversion implements StreamObserver, EventSource {
  /** What goes out is whole events always. */
  readonly betweenEvents = true;
  readonly #parser: SseParser;
  readonly #reader: StreamReader;
  readonly #sink: WatchedSink;
  readonly #writer: StreamWriter;

  constructor(from: Dialect, to: Dialect, context: AnswerContext) {
    this.#writer = to.createStreamWriter(context);
    this.#sink = clientSink(from.name, to.name, this.#writer);
    this.#reader = from.createStreamReader(this.#sink);
    this.#parser = new SseParser((type, data) => this.#reader.event(type, data));
  }

  /** The client's events that follow from these bytes of the upstream's; '' for none. */
  push(text: string): string {
    this.#parser.push(text);
    return encoded(this.#writer.take());
  }

  flush(): string {
    this.#parser.end();
    this.#reader.close();
    return encoded(this.#writer.take());
  }

  get held(): number {
    return this.#parser.held;
  }

  /** Judged by what the upstream has sent; what it was converted to says no more. */
  inspect(): StreamSight {
    const { error, hasContent } = this.#sink;
    if (error && !hasContent) return { error };
    return hasContent ? 'content' : 'preamble';
  }

  watch(): void {}

  get finished(): boolean {
    return this.#reader.finished;
  }

  get errorSeen(): boolean {
    return this.#sink.error !== undefined;
  }

  get usage(): Usage | undefined {
    return this.#sink.seenUsage;
  }

  failure({ message, type, code, param }: GatewayError): string {
    this.#sink.fail({ message, type, code, param });
    return encoded(this.#writer.take());
  }
}
