/** Writes the head of an HTTP/1.1 request (RFC 9112 §3). */
import type { UpstreamRequest } from '../upstream.js';

const TARGET = /^\/[\x21-\x7e]*$/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** A line feed in a value would begin a header of its own, and so would a character whose low byte is one. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** How the message and the connection are framed is said here alone. */
const OWN = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'expect', 'trailer']);

/**
 * Latin1 text up to and with the empty line.
 * @throws Error when a part could be read as more than it is; the text never holds the value.
 */
export function requestHead(request: UpstreamRequest, authority: string): string {
  const { method, path, headers, body } = request;
  if (!TARGET.test(path)) throw new Error('The path of the request has a character that is not allowed.');
  let text = `${method} ${path} HTTP/1.1\r\nhost: ${authority}\r\nconnection: keep-alive\r\n`;
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? '';
    const value = headers[at + 1] ?? '';
    if (OWN.has(name.toLowerCase())) throw new Error(`The request header ${name} is not the caller's to set.`);
    if (!NAME.test(name) || !VALUE.test(value))
      throw new Error(`The request header ${JSON.stringify(name)} has a character that is not allowed.`);
    text += `${name}: ${value}\r\n`;
  }
  if (body !== null || method === 'POST') text += `content-length: ${body?.length ?? 0}\r\n`;
  return `${text}\r\n`;
}
