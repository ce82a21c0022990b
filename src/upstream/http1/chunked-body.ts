/**
 * Reads a chunked body (RFC 9112 §7.1) and keeps the very bytes where they may go on as they are: a read that holds
 * nothing but whole, plainly framed chunks, which is what a streaming upstream sends, need not be framed again.
 *
 *   size ──n──▶ data ──▶ data-end ──▶ size        size ──0──▶ trailer ──empty line──▶ done
 */
import type { BodyReader } from './body-reader.js';
import { ResponseFault } from './response-fault.js';
import { isField } from './response-head.js';

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const QUOTED = '"(?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t\\x20-\\x7e])*"';
/** Extensions have the form of RFC 9112 §7.1.1, without the spaces that only old senders put in. */
const SIZE_LINE = new RegExp(`^([0-9a-fA-F]{1,8})(?:;${TOKEN}(?:=(?:${TOKEN}|${QUOTED}))?)*\\r$`);
/** Fields that say how a message is framed come too late in a trailer (RFC 9110 §6.5.1). */
const FRAMING_FIELD = /^(?:content-length|transfer-encoding):/i;
/** Of one size line with its extensions, or of all trailers. */
const MOST_LINE = 4_096;
const MOST_TRAILERS = 16_384;
/** Eight hexadecimal digits: 4 GiB. */
const MOST_DIGITS = 8;
const CR = 0x0d;
const LF = 0x0a;

type State = 'size' | 'data' | 'data-end' | 'trailer' | 'done';

export class ChunkedBody implements BodyReader {
  payload = '';
  framed = '';
  #state: State = 'size';
  /** Bytes of the chunk still to come. */
  #left = 0;
  /** The start of a line (or of the CRLF behind a chunk) whose end has not come. */
  #line = '';
  #trailerLength = 0;

  push(text: string): number {
    this.payload = '';
    this.framed = '';
    if (this.#state === 'size' && this.#line === '' && this.#pushWhole(text)) return -1;
    return this.#pushPieces(text);
  }

  endOfInput(): boolean {
    return false;
  }

  /** The hot path: true when `text` is nothing but whole plain chunks, none of them the last. */
  #pushWhole(text: string): boolean {
    let payload = '';
    let at = 0;
    // `#left` serves as scratch: what comes after a false return sets it anew.
    while (at < text.length) {
      const start = this.#readPlainSize(text, at);
      const end = start + this.#left;
      if (start < 0 || end === start || text.charCodeAt(end) !== CR || text.charCodeAt(end + 1) !== LF) return false;
      payload += text.slice(start, end);
      at = end + 2;
    }
    this.#left = 0;
    this.payload = payload;
    this.framed = text;
    return true;
  }

  /** Reads a size of hexadecimal digits alone into `#left`; answers with the position behind its line, -1 where there is something else. */
  #readPlainSize(text: string, from: number): number {
    let at = from;
    let digit = hexDigit(text.charCodeAt(at));
    for (this.#left = 0; digit >= 0 && at - from < MOST_DIGITS; digit = hexDigit(text.charCodeAt(++at)))
      this.#left = this.#left * 16 + digit;
    return at > from && text.charCodeAt(at) === CR && text.charCodeAt(at + 1) === LF ? at + 2 : -1;
  }

  #pushPieces(text: string): number {
    let at = 0;
    while (at < text.length && this.#state !== 'done') {
      if (this.#state === 'data') at = this.#takeData(text, at);
      else if (this.#state === 'data-end') at = this.#takeDataEnd(text, at);
      else at = this.#takeLine(text, at);
    }
    return this.#state === 'done' ? at : -1;
  }

  #takeData(text: string, at: number): number {
    const end = Math.min(text.length, at + this.#left);
    this.payload += text.slice(at, end);
    this.#left -= end - at;
    if (this.#left === 0) this.#state = 'data-end';
    return end;
  }

  #takeDataEnd(text: string, at: number): number {
    const wanted = this.#line === '' ? CR : LF;
    if (text.charCodeAt(at) !== wanted) throw new ResponseFault('A chunk of the answer is longer than its size.');
    this.#line = wanted === CR ? '\r' : '';
    if (wanted === LF) this.#state = 'size';
    return at + 1;
  }

  #takeLine(text: string, at: number): number {
    const end = text.indexOf('\n', at);
    const line = this.#line + text.slice(at, end < 0 ? text.length : end);
    if (line.length > MOST_LINE) throw new ResponseFault('A line between the chunks of the answer is too long.');
    this.#line = end < 0 ? line : '';
    if (end < 0) return text.length;
    if (this.#state === 'size') this.#readSize(line);
    else this.#readTrailer(line);
    return end + 1;
  }

  #readSize(line: string): void {
    const digits = SIZE_LINE.exec(line)?.[1];
    if (digits === undefined) throw new ResponseFault('A chunk of the answer has no size.');
    this.#left = Number.parseInt(digits, 16);
    this.#state = this.#left === 0 ? 'trailer' : 'data';
  }

  /** Trailers are checked and dropped: nothing in them is for the client. */
  #readTrailer(line: string): void {
    this.#trailerLength += line.length;
    if (line === '\r') this.#state = 'done';
    else if (
      !line.endsWith('\r') ||
      !isField(line.slice(0, -1)) ||
      FRAMING_FIELD.test(line) ||
      this.#trailerLength > MOST_TRAILERS
    )
      throw new ResponseFault('The trailers of the answer are not what trailers may be.');
  }
}

/** The digit's value, -1 for any other character. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
