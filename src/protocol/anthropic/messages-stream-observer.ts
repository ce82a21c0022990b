/**
 * Watches a Messages stream that passes untouched: has content begun, is the answer complete, what did it cost.
 * One per stream.
 */
import type { Usage } from '../../usage.js';
import { objectAt, parseObject, textAt } from '../json-object.js';
import type { JsonObject } from '../middle/fields.js';
import type { StreamObserver, StreamSight } from '../protocol.js';
import { eventData } from '../sse.js';
import { errorOf } from './error.js';
import { readWords } from './read-answer.js';
import { UsageTally } from './usage.js';

/** Inside a JSON string these quotes would be escaped, so content cannot imitate a member. Deltas, nearly all events, have none of it. */
const TELLING = /"type"\s*:\s*"(?:message_start|message_delta|message_stop|error)"/;

export class MessagesStreamObserver implements StreamObserver {
  finished = false;
  errorSeen = false;
  readonly #tally = new UsageTally();

  get usage(): Usage | undefined {
    return this.#tally.usage;
  }

  inspect(text: string): StreamSight {
    this.watch(text);
    for (const data of eventData(text)) {
      const event = parseObject(data);
      if (!event) continue;
      const error = event.type === 'error' ? errorOf(event) : undefined;
      if (error) return { error };
      if (hasContent(event)) return 'content';
    }
    return 'preamble';
  }

  /** The hot path: one native, linear search. */
  watch(text: string): void {
    if (!TELLING.test(text)) return;
    for (const data of eventData(text)) {
      const event = TELLING.test(data) ? parseObject(data) : undefined;
      if (event) this.#note(event);
    }
  }

  #note(event: JsonObject): void {
    if (event.type === 'message_start') this.#tally.add(objectAt(event, 'message').usage);
    else if (event.type === 'message_stop') this.finished = true;
    else if (event.type === 'error') this.errorSeen = true;
    else if (event.type === 'message_delta') {
      this.#tally.add(event.usage);
      // Some that imitate Anthropic leave `message_stop` out.
      if (textAt(objectAt(event, 'delta'), 'stop_reason') !== '') this.finished = true;
    }
  }
}

/** A start, a ping and a block without words are none yet: an overload may still follow them (edge case 47). */
function hasContent(event: JsonObject): boolean {
  if (event.type === 'content_block_start') return startsWithContent(objectAt(event, 'content_block'));
  if (event.type === 'content_block_delta')
    return Object.entries(objectAt(event, 'delta')).some(([name, value]) => name !== 'type' && value !== '');
  return event.type === 'message_delta' || event.type === 'message_stop';
}

function startsWithContent(block: JsonObject): boolean {
  return (block.type !== 'text' && block.type !== 'thinking') || readWords(block) !== '';
}
