/**
 * What has gone out to one client so far, over all attempts. The state decides what may still happen:
 *
 *   nothing ──start──> preamble ──content──> content ──end──> ended
 *      │  status line and comments only:  once a byte of content
 *      │  another attempt may follow      is out, never again
 *      └──────────────answer / error────────────────────────> ended
 */
import type { GatewayError } from '../errors.js';
import type { Tallies } from '../metrics/record.js';
import type { Protocol } from '../protocol/protocol.js';
import type { RequestContext } from './context.js';
import type { UpstreamAnswer } from './failure.js';
import { answerHeaders, errorHeaders } from './gateway-headers.js';
import { trailComment } from './trail.js';

export type DeliveryState = 'nothing' | 'preamble' | 'content' | 'ended';

/** An SSE comment: parsers skip it, proxies see life (WHATWG HTML §9.2.7). */
const HEARTBEAT = ': keep-alive\n\n';

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
} as const;

export class Delivery {
  state: DeliveryState = 'nothing';
  /** `performance.now()` of the last byte sent. */
  lastSentAt: number;
  /** Bytes of content sent to a stream's client. */
  sent = 0;
  /** The bytes sent so far end inside an event too large to be held. */
  insideEvent = false;
  /** Writes a stream's last event where it must fit what went before; the protocol's own where unset. */
  breakOff: ((error: GatewayError, requestId: string) => string) | undefined;
  #streams = false;
  readonly #context: RequestContext;
  readonly #tallies: Tallies;

  constructor(context: RequestContext, tallies: Tallies) {
    this.#context = context;
    this.#tallies = tallies;
    this.lastSentAt = context.startedAt;
  }

  /** A whole answer. */
  answer(status: number, headers: Record<string, string>, body: string, encoding: 'utf8' | 'latin1' = 'utf8'): void {
    this.state = 'ended';
    this.#context.status = status;
    this.#context.admission?.giveSlot();
    this.#context.client.answer(status, answerHeaders(this.#context, headers), body, encoding);
    this.#tallies.bytesToClients += body.length;
  }

  /** Status and headers of a stream, with those of the upstream's that a client may see. */
  startStream(upstreamHeaders: Record<string, string>): void {
    if (this.state !== 'nothing') return;
    this.state = 'preamble';
    this.#streams = true;
    this.#tallies.streams++;
    this.#context.status = 200;
    this.#context.client.start(200, answerHeaders(this.#context, Object.assign({}, STREAM_HEADERS, upstreamHeaders)));
  }

  /** Content bytes, and the same in chunked coding where it is known; false: hold on until the client drains. */
  send(text: string, framed: string, now: number): boolean {
    if (this.state !== 'content') {
      this.state = 'content';
      this.#context.firstTokenAt = now;
    }
    this.lastSentAt = now;
    this.sent += text.length;
    this.#tallies.chunks++;
    this.#tallies.bytesToClients += text.length;
    return this.#context.client.write(text, framed);
  }

  /** A stream's client has heard nothing for `interval` milliseconds and can be told that its answer is being made. */
  isSilent(now: number, interval: number): boolean {
    const { fields, route, client } = this.#context;
    return (
      fields?.stream === true &&
      route.createObserver !== undefined &&
      interval > 0 &&
      this.state !== 'ended' &&
      !this.insideEvent &&
      now - this.lastSentAt >= interval &&
      !client.closed
    );
  }

  /** Tells a waiting client that the answer is still being made. */
  heartbeat(now: number): void {
    this.startStream({});
    this.lastSentAt = now;
    this.#tallies.heartbeats++;
    this.#context.client.write(HEARTBEAT);
  }

  /** Whether a comment may be put into the stream now. */
  get takesComments(): boolean {
    return this.#streams && !this.insideEvent && this.state !== 'ended';
  }

  /** The request is over, however it ended. */
  close(): void {
    if (this.#streams) this.#tallies.streams--;
    this.#streams = false;
  }

  end(): void {
    const { client, admission, trail, snapshot } = this.#context;
    this.state = 'ended';
    admission?.giveSlot();
    if (trail && this.#streams && snapshot.config.server.trailComment) client.write(trailComment(trail));
    client.end();
  }

  /** The gateway's own error: an answer if nothing has gone out, else the stream's last event. */
  fail(error: GatewayError, headers: Record<string, string> = {}): void {
    const { client, requestId, route } = this.#context;
    if (this.state === 'ended' || client.closed) return;
    if (this.state === 'nothing') {
      this.answer(
        ownStatus(route.protocol, error),
        { ...errorHeaders(error), ...headers },
        route.protocol.errorBody(error, requestId),
      );
      return;
    }
    this.#fail(this.breakOff?.(error, requestId) ?? route.protocol.streamError(error, requestId));
  }

  /** The upstream's own error answer, in the client's envelope; its status is lost once the stream has begun. */
  failWith(answer: UpstreamAnswer, fallback: GatewayError, headers: Record<string, string>): void {
    const { requestId, route } = this.#context;
    if (this.state !== 'nothing' || !answer.body) {
      this.fail(fallback, { ...answer.headers, ...headers });
      return;
    }
    const status = statusFor(route.protocol, answer.status);
    const body = route.protocol.upstreamErrorBody(answer.body, status, requestId);
    this.answer(status, { ...answer.headers, 'content-type': 'application/json', ...headers }, body);
  }

  #fail(event: string): void {
    this.#context.client.write(this.insideEvent ? `\n\n${event}` : event);
    this.end();
  }
}

/** 529 is Anthropic's alone. */
function statusFor(client: Protocol, status: number): number {
  return status === 529 && client.name !== 'anthropic' ? 503 : status;
}

/** What Anthropic's clients know as overloaded. */
function ownStatus(client: Protocol, { status }: GatewayError): number {
  return status === 503 && client.name === 'anthropic' ? 529 : status;
}
