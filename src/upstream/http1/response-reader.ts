/** Reads one response off a connection, in whatever pieces it comes. Pure: bytes in (latin1 text), calls out. One per request. */
import { createBodyReader } from './bodies.js';
import type { BodyReader } from './body-reader.js';
import { ResponseFault } from './response-fault.js';
import { type ResponseHead, readHead } from './response-head.js';

/** Hears of the response in order: one `onHead`, any number of `onBody`, one `onComplete`. */
export interface ResponseSink {
  onHead(head: ResponseHead): void;
  /** `payload`: bytes of the body; `framed`: the same as whole chunks, '' where there are none such. Neither is empty at once. */
  onBody(payload: string, framed: string): void;
  /** `surplus`: bytes followed that belong to no response that was asked for. */
  onComplete(surplus: boolean): void;
}

/** Providers send about 2 KB. */
const MOST_HEAD = 64 * 1024;
/** 100 and 103 may come before the answer; more of them than this is an attack. */
const MOST_INTERIM = 16;
const BARE_LINE_FEED = /(?<!\r)\n/g;

export class ResponseReader {
  readonly #sink: ResponseSink;
  #head = '';
  #interim = 0;
  #body: BodyReader | undefined;
  #complete = false;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  /** @throws ResponseFault when the bytes are no valid response; nothing may be pushed after that. */
  push(text: string): void {
    if (this.#body !== undefined) this.#pushBody(this.#body, text);
    else this.#pushHead(text);
  }

  /** The connection has ended. @throws ResponseFault when the response is not complete by that. */
  end(): void {
    if (this.#complete) return;
    if (!this.#body?.endOfInput()) throw new ResponseFault('The connection ended before the answer was complete.');
    this.#finish(false);
  }

  #pushHead(text: string): void {
    const searchFrom = Math.max(0, this.#head.length - 3);
    this.#head += text;
    const end = this.#head.indexOf('\r\n\r\n', searchFrom);
    const head = end < 0 ? this.#head : this.#head.slice(0, end);
    if (head.length > MOST_HEAD) throw new ResponseFault('The head of the answer is too large.');
    // Seen at once: a server that ends lines with LF alone would never send the end that is waited for.
    BARE_LINE_FEED.lastIndex = searchFrom;
    if (BARE_LINE_FEED.test(head)) throw new ResponseFault('The answer ends a line without CR.');
    if (end < 0) return;
    const rest = this.#head.slice(end + 4);
    this.#head = '';
    this.#takeHead(readHead(head), rest);
  }

  #takeHead(head: ResponseHead, rest: string): void {
    if (head.status === 101) throw new ResponseFault('The answer switches protocols unasked.');
    if (head.status < 200) {
      if (++this.#interim > MOST_INTERIM) throw new ResponseFault('The answer has too many interim heads.');
      // An end of the connection announced with more to come is one of the two said falsely.
      if (head.keepAlive === 0) throw new ResponseFault('The answer ends the connection in an interim head.');
      if (rest !== '') this.#pushHead(rest);
      return;
    }
    this.#body = createBodyReader(head.framing);
    this.#sink.onHead(head);
    const isEmpty = head.framing.kind === 'none' || (head.framing.kind === 'length' && head.framing.length === 0);
    if (isEmpty) this.#finish(rest !== '');
    else if (rest !== '') this.#pushBody(this.#body, rest);
  }

  #pushBody(body: BodyReader, text: string): void {
    const end = body.push(text);
    if (body.payload !== '') this.#sink.onBody(body.payload, body.framed);
    if (end >= 0) this.#finish(end < text.length);
  }

  #finish(surplus: boolean): void {
    this.#complete = true;
    this.#sink.onComplete(surplus);
  }
}
