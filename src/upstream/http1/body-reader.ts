/** Finds the end of one body. Text is latin1, one character a byte. */
import { ChunkedBody } from './chunked-body.js';
import type { Framing } from './response-head.js';

export interface BodyReader {
  /**
   * Takes what has been read; `payload` and `framed` then say what it holds. Answers with the position behind the
   * body's end in `text`, -1 while more is to come.
   * @throws ResponseFault
   */
  push(text: string): number;
  /** The connection has ended: whether that makes the body complete. */
  endOfInput(): boolean;
  /** The body's bytes in the last push, without framing. */
  readonly payload: string;
  /** The same as whole, plain chunks that may be passed on as they are; '' where they have to be framed anew. */
  readonly framed: string;
}

class LengthBody implements BodyReader {
  payload = '';
  readonly framed = '';
  #left: number;

  constructor(length: number) {
    this.#left = length;
  }

  push(text: string): number {
    this.payload = text.length > this.#left ? text.slice(0, this.#left) : text;
    this.#left -= this.payload.length;
    return this.#left === 0 ? this.payload.length : -1;
  }

  endOfInput(): boolean {
    return this.#left === 0;
  }
}

class UntilCloseBody implements BodyReader {
  payload = '';
  readonly framed = '';

  push(text: string): number {
    this.payload = text;
    return -1;
  }

  endOfInput(): boolean {
    return true;
  }
}

export function createBodyReader(framing: Framing): BodyReader {
  if (framing.kind === 'chunked') return new ChunkedBody();
  if (framing.kind === 'until-close') return new UntilCloseBody();
  return new LengthBody(framing.kind === 'length' ? framing.length : 0);
}
