/**
 * RELAY, the hot path: an event stream passed on, whole events at a time; byte for byte where nothing must be converted.
 *
 *   holding ──first content event──> relaying ──end──> delivered
 *      │ error, cut, time-out             │ cut, stall: an error event, then a clean end
 *      └──> failed, the next may try      └──> delivered, incomplete
 */
import { GatewayError } from '../errors.js';
import { redact } from '../log.js';
import type { Tallies } from '../metrics/record.js';
import type { StreamObserver } from '../protocol/protocol.js';
import { type EventSource, isWholeEvent } from '../protocol/sse.js';
import { allowedResponseHeaders } from '../upstream/response-headers.js';
import type { UpstreamFault, UpstreamHeaders } from '../upstream/upstream.js';
import type { Usage } from '../usage.js';
import type { AnswerReader, AttemptControl } from './answer-reader.js';
import type { RequestContext } from './context.js';
import type { Delivery } from './delivery.js';
import { clientStalled, errorInAnswer, type Failure, failureOf, timedOut, unusable } from './failure.js';
import { type SeenSoFar, seenAtFirst, usageSoFar } from './usage-so-far.js';

/** Preamble held at most, in bytes and in pieces (pings may go on for an hour); past either the stream counts as begun. */
const MOST_HELD = 64 * 1024;
const MOST_PIECES = 1_000;

export interface StreamAnswerParts {
  readonly control: AttemptControl;
  readonly context: RequestContext;
  readonly delivery: Delivery;
  readonly observer: StreamObserver;
  /** Gives the client's events: the upstream's own, or what they are converted to. */
  readonly events: EventSource;
  readonly headers: UpstreamHeaders;
  readonly tallies: Tallies;
  /** When this attempt was sent, on `performance.now()`'s clock: the first token's time runs from here. */
  readonly sentAt: number;
}

export class StreamAnswer implements AnswerReader {
  readonly #parts: StreamAnswerParts;
  readonly #events: EventSource;
  #held = '';
  #pieces = 0;
  #relaying = false;
  /** Sizes at the commit point, for a guess at what was used. */
  #begun: Omit<SeenSoFar, 'sent'> | undefined;
  #paused = false;
  #lastByteAt = performance.now();

  constructor(parts: StreamAnswerParts) {
    this.#parts = parts;
    this.#events = parts.events;
  }

  /** A client that leaves, a cut: what was told, filled up by a guess once content had come. */
  get usage(): Usage | undefined {
    const { observer, delivery } = this.#parts;
    if (this.#begun === undefined || observer.finished) return observer.usage;
    return usageSoFar(observer.usage, { ...this.#begun, sent: delivery.sent });
  }

  onData(read: string, framed: string): void {
    this.#lastByteAt = performance.now();
    const text = this.#next(read);
    if (text === '') this.#noteHeld();
    else if (!this.#relaying) this.#hold(text);
    // The upstream's own framing serves when all of the read goes out, which is a pointer compared.
    else this.#relay(text, text === read ? framed : '');
  }

  /** '' also where the stream is broken off, which the client has been told by then. */
  #next(read: string): string {
    try {
      return this.#events.push(read);
    } catch (error) {
      this.#break(brokenOff(error));
      return '';
    }
  }

  onEnd(): void {
    const { observer, delivery } = this.#parts;
    this.#passRest();
    if (!this.#relaying) return this.#break(unusable('its stream ended before it began'));
    if (observer.errorSeen) return this.#break(failedInside());
    if (!observer.finished || delivery.insideEvent) return this.#break(cutOff());
    delivery.end();
    this.#finish('ok');
  }

  /** Bytes behind the last empty line go out if they are an event; half of one would break the client's parser. */
  #passRest(): void {
    const rest = this.#events.flush();
    if (rest === '' || this.#parts.delivery.insideEvent || !isWholeEvent(rest)) return;
    if (this.#relaying) this.#relay(rest, '');
    else this.#hold(rest);
  }

  onFault(fault: UpstreamFault): void {
    // Everything that matters has arrived; only the framing behind it is broken.
    if (this.#relaying && this.#parts.observer.finished) this.onEnd();
    else this.#break(failureOf(fault));
  }

  onDrain(): void {
    this.#paused = false;
    this.#lastByteAt = performance.now();
    this.#parts.control.resume();
  }

  check(now: number): void {
    const { client, snapshot } = this.#parts.context;
    const { timeouts } = snapshot.config;
    // A slow reader takes a little at a time: it is not silent, though no `drain` comes of it.
    if (this.#paused && client.tookMore()) this.#lastByteAt = now;
    const silent = now - this.#lastByteAt > timeouts.idle;
    if (silent && this.#paused) this.#cutClient();
    else if (!this.#relaying && (silent || now - this.#parts.sentAt > timeouts.firstToken))
      this.#break(timedOut('a first token'));
    else if (silent) this.#break(timedOut('the rest of its answer'));
  }

  #hold(text: string): void {
    this.#held += text;
    this.#noteHeld();
    const sight = this.#parts.observer.inspect(text);
    if (typeof sight === 'object') this.#break(errorInAnswer(sight.error));
    else if (sight === 'content' || this.#held.length > MOST_HELD || ++this.#pieces > MOST_PIECES) this.#begin();
  }

  /** The commit point: from here on no other attempt can follow. */
  #begin(): void {
    const { control, delivery, headers, context, observer } = this.#parts;
    this.#relaying = true;
    this.#begun = seenAtFirst(this.#held, context.body?.length ?? 0);
    context.body = undefined;
    control.begun();
    if (observer.keptAs) control.keep(observer.keptAs);
    delivery.startStream(allowedResponseHeaders(headers));
    delivery.breakOff = observer.failure?.bind(observer);
    const held = this.#held;
    this.#held = '';
    if (held !== '') this.#send(observer.errorSeen ? redact(held) : held, '');
  }

  /** An upstream's error may echo the key that it was sent: such words are no content and not passed on as they are. */
  #relay(text: string, framed: string): void {
    const { observer } = this.#parts;
    observer.watch(text);
    if (observer.errorSeen) this.#send(redact(text), '');
    else this.#send(text, framed);
  }

  #send(text: string, framed: string): void {
    const { delivery, control } = this.#parts;
    delivery.insideEvent = !this.#events.betweenEvents;
    if (delivery.send(text, framed, this.#lastByteAt) || this.#paused) return;
    this.#paused = true;
    control.pause();
    this.#noteHeld();
  }

  get held(): number {
    return this.#held.length + this.#events.held;
  }

  #noteHeld(): void {
    const held = this.held + this.#parts.context.client.unsent;
    if (held > this.#parts.tallies.bufferedPeak) this.#parts.tallies.bufferedPeak = held;
  }

  #break(failure: Failure): void {
    const { control, delivery, observer } = this.#parts;
    if (!this.#relaying) return control.finish({ kind: 'failed', failure });
    if (observer.errorSeen) delivery.end();
    else delivery.fail(failure.error);
    this.#finish('incomplete', failure);
  }

  /** It has not read for the idle time: an error event would wait behind what it does not read. */
  #cutClient(): void {
    this.#parts.context.client.cut();
    this.#finish('incomplete', clientStalled());
  }

  #finish(outcome: 'ok' | 'incomplete', failure?: Failure): void {
    const { control } = this.#parts;
    control.finish({ kind: 'delivered', outcome, usage: this.usage, failure });
  }
}

/** The client was told by the upstream itself; its credential is judged as if nothing had come. */
function failedInside(): Failure {
  return { kind: 'failed', error: new GatewayError('upstream_error', 'The upstream reported an error within its answer.') };
}

function cutOff(): Failure {
  return {
    kind: 'failed',
    error: new GatewayError('upstream_incomplete', 'The upstream ended its answer before it was complete.'),
  };
}

/** The upstream's events make no sense, or one is too large. */
function brokenOff(error: unknown): Failure {
  const own =
    error instanceof GatewayError
      ? error
      : new GatewayError('upstream_error', 'The upstream sent a stream that could not be read.', { cause: error });
  return { kind: 'failed', error: own };
}
