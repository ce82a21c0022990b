/** Runs the gateway's own response reader over pieces of text and writes down all that it says. */
import { ResponseFault } from '../../src/upstream/http1/response-fault.js';
import type { ResponseHead } from '../../src/upstream/http1/response-head.js';
import { ResponseReader, type ResponseSink } from '../../src/upstream/http1/response-reader.js';

export class Reading implements ResponseSink {
  head: ResponseHead | undefined;
  payload = '';
  /** One row a call: what came as payload, and the same in chunks or ''. */
  readonly bodies: { readonly payload: string; readonly framed: string }[] = [];
  complete = false;
  surplus = false;
  /** The reader's words for what is wrong, '' where nothing is. */
  fault = '';

  get status(): number | undefined {
    return this.head?.status;
  }

  onHead(head: ResponseHead): void {
    if (this.head) throw new Error('two heads for one request');
    this.head = head;
  }

  onBody(payload: string, framed: string): void {
    if (!this.head || this.complete) throw new Error('a body out of turn');
    if (payload === '') throw new Error('an empty piece of a body');
    this.bodies.push({ payload, framed });
    this.payload += payload;
  }

  onComplete(surplus: boolean): void {
    if (!this.head || this.complete) throw new Error('an end out of turn');
    this.complete = true;
    this.surplus = surplus;
  }
}

/** Reads the pieces until the answer is complete or at fault; `closes`: then the connection ends. */
export function readResponse(pieces: Iterable<string>, closes = true): Reading {
  const reading = new Reading();
  const reader = new ResponseReader(reading);
  try {
    for (const piece of pieces) {
      reader.push(piece);
      if (reading.complete) return reading;
    }
    if (closes) reader.end();
  } catch (error) {
    if (!(error instanceof ResponseFault)) throw error;
    reading.fault = error.message;
  }
  return reading;
}

/** A response as text: status line, fields, empty line, body. */
export function response(fields: readonly string[], body = '', statusLine = 'HTTP/1.1 200 OK'): string {
  return `${[statusLine, ...fields].join('\r\n')}\r\n\r\n${body}`;
}
