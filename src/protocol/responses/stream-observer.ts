/**
 * Watches a Responses stream (`response.created` … `response.completed | incomplete | failed`) that passes untouched:
 * has content begun, is the answer complete, what did it cost, whose answer is it. One per stream.
 */
import type { GatewayError } from '../../errors.js';
import type { Usage } from '../../usage.js';
import { parseObject } from '../json-object.js';
import { isJsonObject } from '../middle/fields.js';
import type { StreamObserver, StreamSight } from '../protocol.js';
import { eventData } from '../sse.js';
import { errorOfEvent, failedEvent, fallbackId } from './error.js';
import { usageOf } from './usage.js';

/** Anything that `watch` acts on, in one search. Inside a JSON string these quotes would be escaped: content cannot imitate them. */
const TELLING = /"(?:type"\s*:\s*"(?:response\.(?:created|completed|incomplete|failed)|error)"|error"\s*:\s*[{"])/;
/** Comes before the answer and promises nothing. */
const PREAMBLE = /^response\.(?:created|in_progress|queued|content_part\.added|reasoning_summary_part\.added)$/;
const SEQUENCE = /"sequence_number"\s*:\s*(\d+)/g;
const COLON = 0x3a;

export class ResponsesStreamObserver implements StreamObserver {
  finished = false;
  errorSeen = false;
  usage: Usage | undefined;
  /** The upstream's id of this answer: later requests may refer to it. */
  responseId: string | undefined;
  #isKept = false;
  #createdAt = 0;
  #model = '';
  /** The last events passed on, for their number: looked at only if the stream must be broken off. */
  #last = '';

  inspect(text: string): StreamSight {
    this.watch(text);
    for (const data of eventData(text)) {
      const event = parseObject(data);
      if (!event) continue;
      const error = errorOfEvent(event);
      if (error) return { error };
      if (isContent(event)) return 'content';
    }
    return 'preamble';
  }

  get keptAs(): string | undefined {
    return this.#isKept ? this.responseId : undefined;
  }

  /** The hot path: nearly every event ends at the second line. */
  watch(text: string): void {
    if (text.charCodeAt(0) !== COLON) this.#last = text;
    if (!TELLING.test(text)) return;
    for (const data of eventData(text)) {
      const event = TELLING.test(data) ? parseObject(data) : undefined;
      if (event) this.#note(event);
    }
  }

  /** Fits what went before: the same answer, the next number. */
  failure(error: GatewayError, requestId: string): string {
    const numbers = [...this.#last.matchAll(SEQUENCE)];
    const next = numbers.length > 0 ? Number(numbers.at(-1)?.[1]) + 1 : 0;
    const id = this.responseId ?? fallbackId(requestId);
    return failedEvent(error, { id, createdAt: this.#createdAt, model: this.#model }, next);
  }

  #note(event: Readonly<Record<string, unknown>>): void {
    if (errorOfEvent(event)) this.errorSeen = true;
    if (event.type === 'response.completed' || event.type === 'response.incomplete') this.finished = true;
    if (isJsonObject(event.response)) this.#noteResponse(event.response);
  }

  #noteResponse({ id, created_at: createdAt, model, usage, store }: Readonly<Record<string, unknown>>): void {
    this.#isKept = store !== false;
    if (typeof id === 'string') this.responseId = id;
    if (typeof createdAt === 'number') this.#createdAt = createdAt;
    if (typeof model === 'string') this.#model = model;
    this.usage = usageOf(usage) ?? this.usage;
  }
}

/** Events outside of `response.` (Codex's rate limits, pings) are none of the answer. */
function isContent(event: Readonly<Record<string, unknown>>): boolean {
  const { type, item } = event;
  if (typeof type !== 'string' || !type.startsWith('response.') || PREAMBLE.test(type)) return false;
  if (type !== 'response.output_item.added') return true;
  return !isJsonObject(item) || (item.type !== 'message' && item.type !== 'reasoning');
}
