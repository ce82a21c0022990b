/** What one API's wire form consists of, for whoever plays streams and answers errors. Nothing here comes from the gateway. */
import type { OutgoingHttpHeaders } from 'node:http';

export type DialectName = 'chat' | 'messages' | 'responses';

/** One answer's fixed parts. `stamps` adds `"mock":{"seq","ns"}` to each event (ns: this host's monotonic clock), to the first one `since` too. */
export interface StreamFacts {
  id: string;
  created: number;
  model: string;
  stamps: boolean;
  /** When the request had come whole, on the clock of the stamps. */
  receivedAt: bigint;
  includeUsage: boolean;
  /** All input tokens; how many of them were read from the cache and written to it. */
  promptTokens: number;
  cachedTokens: number;
  cacheWriteTokens: number;
}

/** Builds the events of one stream as text in latin1 (one character is one byte), lines and blank lines included. */
export interface StreamWriter {
  /** How many events `opening` and `closing` are. */
  readonly openingEvents: number;
  readonly closingEvents: number;
  /** All that comes before the first word. */
  opening(): string;
  /** `piece` as JSON source without quotes, already in latin1. */
  content(piece: string): string;
  /** What follows the last word, but for the very last event. */
  closing(completionTokens: number): string;
  /** An event for usage alone, where the request asked for one; '' otherwise. */
  usage(completionTokens: number): string;
  /** The event that says that the answer is whole. */
  done(completionTokens: number): string;
}

export interface ErrorWords {
  message: string;
  /** OpenAI's words; the other dialect has a type for each status. */
  type: string;
  code: string | null;
  param?: string | null;
}

export interface MockDialect {
  readonly name: DialectName;
  /** Ids of answers begin so. */
  readonly idPrefix: string;
  createWriter(facts: StreamFacts): StreamWriter;
  /** The answer that is not streamed. */
  wholeBody(facts: StreamFacts, content: string, completionTokens: number): string;
  /** The event that a provider sends when it fails in the middle. */
  readonly errorEvent: string;
  errorBody(status: number, words: ErrorWords, requestId: string): string;
  /** Headers of every answer. */
  headers(requestId: string): OutgoingHttpHeaders;
}

/** `,"mock":{…}` for the next event of a stream; '' where no stamps are wanted. */
export class Stamper {
  private readonly facts: StreamFacts;
  private sequence = 0;

  constructor(facts: StreamFacts) {
    this.facts = facts;
  }

  next(): string {
    if (!this.facts.stamps) return '';
    const since = this.sequence === 0 ? `,"since":"${this.facts.receivedAt}"` : '';
    return `,"mock":{"seq":${this.sequence++},"ns":"${process.hrtime.bigint()}"${since}}`;
  }
}

/** Text as JSON source with its quotes, its UTF-8 bytes as latin1 characters. */
export function latin1Json(text: string): string {
  return Buffer.from(JSON.stringify(text), 'utf8').toString('latin1');
}
