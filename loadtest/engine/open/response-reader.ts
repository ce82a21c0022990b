/** Bytes of one kept HTTP/1.1 connection → heads, pieces of bodies, ends. Own and small: what a client of known servers needs, bounded. */

const HEAD_END = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);
const LARGEST_HEAD = 64 * 1024;
const LONGEST_LINE = 1024;
const LARGEST_CHUNK = 2 ** 40;
const CR = 13;
const LF = 10;

/** What is read goes here, in the order of the wire. */
export interface AnswerSink {
  head(status: number): void;
  /** Bytes of the body, only good until this returns; `endsChunk`: the last of an HTTP chunk. */
  body(piece: Buffer, endsChunk: boolean): void;
  end(): void;
}

/** The bytes are no HTTP answer to one request. */
export class MalformedAnswer extends Error {}

/**
 *   idle ──start()──▶ head ──▶ length | size ⇄ data, tail ──▶ trailers | until-close ──end()──▶ idle
 *                      ▲ 1xx │
 *                      └─────┘
 */
type State = 'idle' | 'head' | 'length' | 'size' | 'data' | 'tail' | 'trailers' | 'until-close';

/** Reads one answer after another; `start` says that a request was sent. Throws MalformedAnswer. */
export class ResponseReader {
  readonly #sink: AnswerSink;
  #state: State = 'idle';
  #head = NOTHING;
  /** Bytes left of the body with a length, or of the chunk at hand. */
  #left = 0;
  /** Characters of the chunk-size line or the trailer line at hand. */
  #lineLength = 0;
  #inExtension = false;
  /** Whether the connection may carry another request. */
  keepsAlive = true;

  constructor(sink: AnswerSink) {
    this.#sink = sink;
  }

  start(): void {
    this.#state = 'head';
    this.#head = NOTHING;
    this.keepsAlive = true;
  }

  /** No answer is awaited. */
  get isIdle(): boolean {
    return this.#state === 'idle';
  }

  /** The connection was closed: true when that is how the body at hand ends. */
  closesBody(): boolean {
    return this.#state === 'until-close';
  }

  push(bytes: Buffer): void {
    if (this.isIdle) throw new MalformedAnswer('bytes that no request asked for');
    let at = 0;
    while (at < bytes.length && !this.isIdle) at = this.#step(bytes, at);
    if (!this.isIdle) return;
    // Nothing is asked ahead of its answer's end, so that what follows belongs to nothing.
    if (at < bytes.length) this.keepsAlive = false;
    this.#sink.end();
  }

  #step(bytes: Buffer, at: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes, at);
      case 'length':
      case 'data':
        return this.#readBody(bytes, at);
      case 'size':
        return this.#readSize(bytes, at);
      case 'tail':
        return this.#readTail(bytes, at);
      case 'trailers':
        return this.#readTrailers(bytes, at);
      default:
        this.#sink.body(bytes.subarray(at), false);
        return bytes.length;
    }
  }

  #readHead(bytes: Buffer, at: number): number {
    const kept = this.#head.length;
    const head = kept === 0 ? bytes.subarray(at) : Buffer.concat([this.#head, bytes.subarray(at)]);
    const end = head.indexOf(HEAD_END);
    if (end === -1) {
      if (head.length > LARGEST_HEAD) throw new MalformedAnswer('a head without end');
      this.#head = Buffer.from(head);
      return bytes.length;
    }
    this.#head = NOTHING;
    this.#begin(head.toString('latin1', 0, end));
    return at + end + HEAD_END.length - kept;
  }

  #begin(head: string): void {
    const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |\r|$)/.exec(head)?.[1] ?? 0);
    if (status < 100) throw new MalformedAnswer('malformed HTTP');
    if (status < 200) return;
    const closes = /\r\nconnection:[^\r]*\bclose\b/i.test(head) || head.startsWith('HTTP/1.0');
    this.keepsAlive = !closes;
    this.#sink.head(status);
    this.#state = this.#framing(head, status);
  }

  #framing(head: string, status: number): State {
    if (status === 204 || status === 304) return 'idle';
    if (/\r\ntransfer-encoding:[^\r]*\bchunked\b/i.test(head)) return this.#beginSize();
    const length = /\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*(?:\r|$)/i.exec(head)?.[1];
    if (length === undefined) {
      this.keepsAlive = false;
      return 'until-close';
    }
    this.#left = Number(length);
    return this.#left === 0 ? 'idle' : 'length';
  }

  #beginSize(): State {
    this.#left = 0;
    this.#lineLength = 0;
    this.#inExtension = false;
    return 'size';
  }

  #readBody(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    const isChunk = this.#state === 'data';
    if (this.#left === 0) this.#state = isChunk ? 'tail' : 'idle';
    this.#sink.body(bytes.subarray(at, end), isChunk && this.#left === 0);
    return end;
  }

  #readSize(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === LF) {
        if (this.#lineLength === 0) throw new MalformedAnswer('a chunk without size');
        this.#state = this.#left === 0 ? 'trailers' : 'data';
        this.#lineLength = 0;
        return at + 1;
      }
      this.#sizeDigit(byte);
    }
    return bytes.length;
  }

  #sizeDigit(byte: number): void {
    if (++this.#lineLength > LONGEST_LINE) throw new MalformedAnswer('a chunk size without end');
    if (this.#inExtension) return;
    const digit = hexDigit(byte);
    // After the digits come blanks, an extension or the line end.
    if (digit === -1 && this.#lineLength > 1 && (byte === CR || byte === 0x3b || byte === 0x20)) this.#inExtension = true;
    else if (digit === -1) throw new MalformedAnswer('malformed chunk size');
    else this.#left = this.#left * 16 + digit;
    if (this.#left > LARGEST_CHUNK) throw new MalformedAnswer('a chunk too large');
  }

  /** The line end behind a chunk. */
  #readTail(bytes: Buffer, at: number): number {
    const byte = bytes[at];
    if (byte === LF) this.#state = this.#beginSize();
    else if (byte !== CR) throw new MalformedAnswer('a chunk longer than its size');
    return at + 1;
  }

  /** Lines up to an empty one; what they say is nobody's concern here. */
  #readTrailers(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === LF && this.#lineLength === 0) {
        this.#state = 'idle';
        return at + 1;
      }
      if (byte === LF) this.#lineLength = 0;
      else if (byte !== CR && ++this.#lineLength > LARGEST_HEAD) throw new MalformedAnswer('trailers without end');
    }
    return bytes.length;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
