/** Finds where one HTTP/1.1 answer ends on a kept connection: by length or by chunks. As small as a client of known servers may be. */

const HEAD_END = Buffer.from('\r\n\r\n');
/** The last chunk, with the line end of the one before it; a body of no other chunk has only the rest. */
const CHUNKS_END = '\r\n0\r\n\r\n';
const EMPTY_BODY = '0\r\n\r\n';
/** No server measured here sends a larger head. */
const LARGEST_HEAD = 16 * 1024;

type State = 'head' | 'length' | 'chunks' | 'over';

/**
 * Reads one answer after another; `start` begins anew. A chunked body's end is known by its last seven bytes: content
 * with such bytes would hold CRLF twice, which the mock's JSON never does.
 */
export class AnswerReader {
  status = 0;
  /** Bytes that have come of this answer's body, framing included. */
  bodyBytes = 0;
  #state: State = 'over';
  #head = Buffer.alloc(0);
  #missing = 0;
  #tail = '';

  /** A request was sent: what comes next is its answer. */
  start(): void {
    this.status = 0;
    this.bodyBytes = 0;
    this.#state = 'head';
    this.#head = Buffer.alloc(0);
    this.#tail = '';
  }

  /** Takes the next read; true when the answer is whole. */
  push(bytes: Buffer): boolean {
    if (this.#state === 'head') return this.#readHead(bytes);
    return this.#readBody(bytes);
  }

  get isOver(): boolean {
    return this.#state === 'over';
  }

  #readHead(bytes: Buffer): boolean {
    // The read buffer is used again for the next read: what is kept must be a copy.
    const head = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes]);
    const end = head.indexOf(HEAD_END);
    if (end === -1) {
      if (head.length > LARGEST_HEAD) throw new Error('the head of an answer has no end');
      this.#head = Buffer.from(head);
      return false;
    }
    this.#begin(head.toString('latin1', 0, end));
    return this.#readBody(head.subarray(end + HEAD_END.length));
  }

  #begin(head: string): void {
    this.status = Number(head.slice(9, 12));
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    this.#missing = Number(length ?? 0);
    this.#state = length === undefined ? 'chunks' : 'length';
  }

  #readBody(bytes: Buffer): boolean {
    this.bodyBytes += bytes.length;
    if (this.#state === 'length') {
      this.#missing -= bytes.length;
      if (this.#missing <= 0) this.#state = 'over';
    } else if (this.#state === 'chunks') {
      this.#tail = (this.#tail + bytes.toString('latin1', Math.max(0, bytes.length - CHUNKS_END.length))).slice(
        -CHUNKS_END.length,
      );
      const isEmpty = this.bodyBytes === EMPTY_BODY.length && this.#tail === EMPTY_BODY;
      if (isEmpty || this.#tail === CHUNKS_END) this.#state = 'over';
    }
    return this.#state === 'over';
  }
}
