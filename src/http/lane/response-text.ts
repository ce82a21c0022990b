/** Writes the head of an answer, the same as Node's server would: names, order and all (a test holds them together). */
import { STATUS_CODES } from 'node:http';

/** How long the client may keep the connection, and whether this answer is its last. */
export interface Keeping {
  readonly closes: boolean;
  /** Milliseconds. */
  readonly keepAlive: number;
}

/** A line feed in a value would begin a header of its own, and so would a character whose low byte is one. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Latin1 text up to and with the empty line; `length`: of the whole body in bytes, undefined: it follows in chunks.
 * @throws Error for a header that could be read as more than it is; the text never holds its value.
 */
export function answerHead(status: number, headers: Record<string, string>, keeping: Keeping, length?: number): string {
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`;
  for (const name in headers) {
    const value = headers[name] ?? '';
    if (!VALUE.test(value)) throw new Error(`The answer's header ${name} has a character that is not allowed.`);
    text += `${name}: ${value}\r\n`;
  }
  if (keeping.closes) text += 'connection: close\r\n';
  if (length !== undefined) text += `content-length: ${length}\r\n`;
  text += dateLine(Date.now());
  if (!keeping.closes) text += `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keeping.keepAlive / 1000)}\r\n`;
  return length === undefined ? `${text}Transfer-Encoding: chunked\r\n\r\n` : `${text}\r\n`;
}

/** `Date` has seconds: made once in each. */
let second = -1;
let line = '';

function dateLine(now: number): string {
  const current = Math.floor(now / 1000);
  if (current !== second) {
    second = current;
    line = `Date: ${new Date(now).toUTCString()}\r\n`;
  }
  return line;
}
