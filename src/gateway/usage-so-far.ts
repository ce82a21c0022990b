/** What an answer that broke off has used, where the upstream had not told yet: a guess is nearer to the bill than nothing. */
import type { Usage } from '../usage.js';

const BYTES_PER_TOKEN = 4;

export interface SeenSoFar {
  /** Of the request's body. */
  readonly asked: number;
  /** Bytes of the stream sent to the client, its preamble included. */
  readonly sent: number;
  /** Bytes of all that came first, and of the first event with content, which stands for the others: they differ by a token. */
  readonly held: number;
  readonly event: number;
}

/** `told`: as far as the upstream had; Anthropic says at the start what it read, and of its output only the first tokens. */
export function usageSoFar(told: Usage | undefined, { asked, sent, held, event }: SeenSoFar): Usage {
  const events = 1 + Math.round((sent - held) / Math.max(1, event));
  return {
    input: told?.input ?? Math.ceil(asked / BYTES_PER_TOKEN),
    cachedInput: told?.cachedInput ?? 0,
    cacheWrite: told?.cacheWrite ?? 0,
    output: Math.max(told?.output ?? 0, events),
    reasoning: told?.reasoning ?? 0,
    estimated: true,
  };
}
