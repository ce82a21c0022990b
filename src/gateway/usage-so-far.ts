/** What an answer that broke off has used, where the upstream had not told yet: a guess is nearer to the bill than nothing. */
import { lastEventBorder } from '../protocol/sse.js';
import type { Usage } from '../usage.js';

const BYTES_PER_TOKEN = 4;

export interface SeenSoFar {
  /** Of the request's body. */
  readonly asked: number;
  /** Bytes of the stream sent to the client, its preamble included. */
  readonly sent: number;
  /** All that came first: its bytes, its events with content, and the bytes of one of them, which stands for those to come. */
  readonly held: number;
  readonly events: number;
  readonly event: number;
}

/** Of the text with which a stream's content began. The first event is none of the content: a role, an id. */
export function seenAtFirst(text: string, asked: number): Omit<SeenSoFar, 'sent'> {
  let events = 0;
  for (let at = text.indexOf('\n\n'); at >= 0; at = text.indexOf('\n\n', at + 2)) events++;
  const event = text.length - lastEventBorder(text.slice(0, -2));
  return { asked, held: text.length, events: Math.max(1, events - 1), event };
}

/** `told`: as far as the upstream had; Anthropic says at the start what it read, and of its output only the first tokens. */
export function usageSoFar(told: Usage | undefined, { asked, sent, held, events, event }: SeenSoFar): Usage {
  const tokens = events + Math.round((sent - held) / Math.max(1, event));
  return {
    input: told?.input ?? Math.ceil(asked / BYTES_PER_TOKEN),
    cachedInput: told?.cachedInput ?? 0,
    cacheWrite: told?.cacheWrite ?? 0,
    output: Math.max(told?.output ?? 0, tokens),
    reasoning: told?.reasoning ?? 0,
    estimated: true,
  };
}
