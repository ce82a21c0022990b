import { latin1Json } from './dialect.js';
import type { Fault } from './faults.js';

/** How a stream stops being healthy once so many events are out. */
export type Break = 'stall' | 'fin' | 'rst' | 'half-event' | 'silent-end' | 'error-event';

/** What a fault changes about a stream that otherwise runs as planned. */
export interface StreamTwist {
  /** Waited before the first event, after the head, milliseconds. */
  firstDelayMs?: number;
  breakAfter?: { events: number; how: Break };
  omitDone?: boolean;
  /** Rewrites the text of the n-th event before it is framed. */
  rewrite?(event: string, index: number): string;
  /** Cuts the framed bytes of an event into the writes they go out in. */
  split?(framed: string): string[];
  /** Everything in one write. */
  together?: boolean;
}

/** Two-, three- and four-byte characters and one joined of several, as latin1. */
const MANY_BYTES = latin1Json('café 你好 🌊 👩‍👩‍👧 ').slice(1, -1);
const MOST_BIG_EVENT = 256 * 1024 * 1024;

/** The twist of a fault; undefined for a fault that no stream survives to show (see fault-answers.ts). */
export function twistOf(fault: Fault): StreamTwist | undefined {
  const n = fault.numbers[0] ?? 0;
  switch (fault.name) {
    case 'slow-first-token':
      return { firstDelayMs: n };
    case 'stall-after':
      return { breakAfter: { events: n, how: 'stall' } };
    case 'cut-fin-after':
      return { breakAfter: { events: n, how: 'fin' } };
    case 'cut-rst-after':
      return { breakAfter: { events: n, how: 'rst' } };
    case 'cut-mid-event':
      return { breakAfter: { events: n, how: 'half-event' } };
    case 'silent-end-after':
      return { breakAfter: { events: n, how: 'silent-end' } };
    case 'error-first-event':
      return { breakAfter: { events: 0, how: 'error-event' } };
    case 'error-mid-stream':
      return { breakAfter: { events: 5, how: 'error-event' } };
    case 'no-done':
      return { omitDone: true };
    default:
      return twistOfBytes(fault, n);
  }
}

/** Faults that send a whole answer in odd bytes. */
function twistOfBytes(fault: Fault, n: number): StreamTwist | undefined {
  switch (fault.name) {
    case 'bad-json-event':
      return {
        rewrite: (event, index) =>
          index === 3 ? 'data: {"id":"chatcmpl-mock","choices":[{"delta":{"content":"broken\n\n' : event,
      };
    case 'bytewise':
      return { split: (framed) => framed.split('') };
    case 'many-events-one-write':
      return { together: true };
    case 'split-utf8':
      return { rewrite: withManyBytes, split: splitInsideCharacters };
    case 'big-event':
      return { rewrite: (event, index) => (index === 2 ? withContent(event, 'x'.repeat(Math.min(n, MOST_BIG_EVENT))) : event) };
    case 'crlf':
      return { rewrite: (event) => event.replaceAll('\n', '\r\n') };
    case 'comments':
      return { rewrite: (event) => `: keep-alive\n\n${event}` };
    default:
      return undefined;
  }
}

/** The words of an event, by the name that its API has for them. */
const WORDS_OF_EVENT = /"(content|text|delta)":"([^"]+)"/;

function withContent(event: string, content: string): string {
  return event.replace(WORDS_OF_EVENT, (_, name) => `"${name}":"${content}"`);
}

function withManyBytes(event: string): string {
  return event.replace(WORDS_OF_EVENT, (_, name, text) => `"${name}":"${text}${MANY_BYTES}"`);
}

/** A cut after the first byte of each run of bytes that are not ASCII: inside a character every time. */
function splitInsideCharacters(framed: string): string[] {
  return framed.split(/(?<=[\x00-\x7f][\x80-\xff])/);
}
