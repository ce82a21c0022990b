/**
 * Server-sent events read for conversion (WHATWG HTML §9.2.6), incrementally and in linear time: bytes as latin1 text in
 * pieces of any size, events with their data decoded as UTF-8 out. Two departures, both for LLM streams: an empty `data:`
 * counts as an event, and a last event without its empty line counts if it is complete.
 */
import { GatewayError } from '../errors.js';
import { isWholeData } from './sse.js';

/** `type`: of the `event:` line, '' without one. */
export type OnEvent = (type: string, data: string) => void;

const BOM = '\xef\xbb\xbf';
/** Bytes of one event; longer ones (a generated image has some megabytes) end the stream. */
const LONGEST_EVENT = 8 * 1024 * 1024;

export class SseParser {
  readonly #onEvent: OnEvent;
  /** A line that has not ended, in the pieces in which it came. */
  #line: string[] = [];
  #data: string[] = [];
  #hasData = false;
  #type = '';
  /** Bytes of the event under way. */
  #length = 0;
  /** The last piece ended in CR: an LF that follows belongs to that end of line. */
  #afterReturn = false;
  /** What may still be a byte order mark; undefined once the stream has begun. */
  #start: string | undefined = '';

  constructor(onEvent: OnEvent) {
    this.#onEvent = onEvent;
  }

  /** Bytes held for an event under way. */
  get held(): number {
    return this.#length;
  }

  /** @throws GatewayError `upstream_incomplete` for an event without end. */
  push(piece: string): void {
    const text = this.#start === undefined ? piece : this.#withoutMark(this.#start + piece);
    let from = this.#afterReturn && text.charCodeAt(0) === 0x0a ? 1 : 0;
    if (text !== '') this.#afterReturn = false;
    let feed = text.indexOf('\n', from);
    let carriage = text.indexOf('\r', from);
    while (feed >= 0 || carriage >= 0) {
      const end = carriage < 0 || (feed >= 0 && feed < carriage) ? feed : carriage;
      this.#endLine(text.slice(from, end));
      from = end + 1;
      if (end === carriage) {
        if (from === text.length) this.#afterReturn = true;
        else if (feed === from) from++;
        carriage = text.indexOf('\r', from);
      }
      if (feed >= 0 && feed < from) feed = text.indexOf('\n', from);
    }
    if (from < text.length) this.#hold(from === 0 ? text : text.slice(from));
  }

  /** The stream has ended by itself. False: within an event that is not complete, which is left out. */
  end(): boolean {
    if (this.#start) this.#hold(this.#start);
    this.#start = undefined;
    if (this.#line.length > 0) this.#endLine('');
    if (!this.#hasData) return true;
    const whole = isWholeData(this.#data.join('\n'));
    if (whole) this.#dispatch();
    return whole;
  }

  /** '' while it cannot be told. */
  #withoutMark(text: string): string {
    const undecided = text.length < BOM.length && BOM.startsWith(text);
    this.#start = undecided ? text : undefined;
    if (undecided) return '';
    return text.startsWith(BOM) ? text.slice(BOM.length) : text;
  }

  #hold(piece: string): void {
    this.#line.push(piece);
    this.#count(piece.length);
  }

  #count(length: number): void {
    this.#length += length;
    if (this.#length > LONGEST_EVENT)
      throw new GatewayError('upstream_incomplete', 'The upstream sent an event larger than this gateway reads.');
  }

  #endLine(rest: string): void {
    this.#count(rest.length);
    const line = this.#line.length === 0 ? rest : this.#line.join('') + rest;
    if (this.#line.length > 0) this.#line = [];
    if (line === '') this.#dispatch();
    else if (line.startsWith('data:')) this.#addData(fieldValue(line, 5));
    else if (line.startsWith('event:')) this.#type = fieldValue(line, 6);
    else if (line === 'data') this.#addData('');
    else if (line === 'event') this.#type = '';
  }

  #addData(value: string): void {
    this.#data.push(value);
    this.#hasData = true;
  }

  #dispatch(): void {
    const type = this.#type;
    this.#type = '';
    this.#length = 0;
    if (!this.#hasData) return;
    const data = this.#data.length === 1 ? (this.#data[0] as string) : this.#data.join('\n');
    this.#data = [];
    this.#hasData = false;
    this.#onEvent(type, decoded(data));
  }
}

/** Behind the colon and at most one space. */
function fieldValue(line: string, colon: number): string {
  return line.slice(line.charCodeAt(colon) === 0x20 ? colon + 1 : colon);
}

const BEYOND_ASCII = /[\x80-\xff]/;

/** Bytes carried as latin1, read as UTF-8; what is no UTF-8 becomes U+FFFD. */
export function decoded(latin1: string): string {
  return BEYOND_ASCII.test(latin1) ? Buffer.from(latin1, 'latin1').toString('utf8') : latin1;
}

const ASCII = /^[\0-\x7f]*$/;

/** Text as the bytes of its UTF-8, carried as latin1. */
export function encoded(text: string): string {
  return ASCII.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}
