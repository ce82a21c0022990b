/**
 * Reads a chunked body (RFC 9112 §7.1) and keeps the very bytes where they may go on as they are: a read that holds
 * nothing but whole, plainly framed chunks, which is what a streaming upstream sends, need not be framed again.
 *
 *   size ──n──▶ data ──▶ data-end ──▶ size        size ──0──▶ trailer ──empty line──▶ done
 */
import type { BodyReader } from './body-reader.js';
import { ResponseFault } from './response-fault.js';
import { isField } from './response-head.js';

const SIZE_LINE = /^([0-9a-fA-F]{1,8})(?:;[\t\x20-\x7e\x80-\xff]*)?\r$/;
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
    while (at < text.length) {
      const start = sizeEnd(text, at) + 2;
      if (start < 2) return false;
      const end = start + Number.parseInt(text.slice(at, start - 2), 16);
      if (end === start || text.charCodeAt(end) !== CR || text.charCodeAt(end + 1) !== LF) return false;
      payload += text.slice(start, end);
      at = end + 2;
    }
    this.payload = payload;
    this.framed = text;
    return true;
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
    else if (!line.endsWith('\r') || !isField(line.slice(0, -1)) || this.#trailerLength > MOST_TRAILERS)
      throw new ResponseFault('The trailers of the answer are no fields.');
  }
}

/** Where the CRLF behind a size of hexadecimal digits alone begins, -1 where there is something else. */
function sizeEnd(text: string, at: number): number {
  let end = at;
  while (end - at <= MOST_DIGITS && isHexDigit(text.charCodeAt(end))) end++;
  return end > at && end - at <= MOST_DIGITS && text.charCodeAt(end) === CR && text.charCodeAt(end + 1) === LF ? end : -1;
}

function isHexDigit(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66) || (code >= 0x41 && code <= 0x46);
}
