/** The reader that fits how the end of a body is found. */
import type { BodyReader } from './body-reader.js';
import { ChunkedBody } from './chunked-body.js';
import type { Framing } from './response-head.js';

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
