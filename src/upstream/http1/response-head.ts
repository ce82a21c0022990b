/**
 * Reads the head of an HTTP/1.1 response, strictly: what two readers could understand in two ways is refused, since the
 * difference is what response smuggling lives on (RFC 9112 §2.2, §5, §6.3). Text is latin1, one character a byte.
 */
import { ResponseFault } from './response-fault.js';

/** How the end of a body is found (RFC 9112 §6.3). */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' };

export interface ResponseHead {
  readonly status: number;
  /** Lower-case names; a repeated header keeps its last value. */
  readonly headers: ReadonlyMap<string, string>;
  readonly framing: Framing;
  /** Milliseconds that the connection may be kept unused for another request; 0: not at all, undefined: no word of it. */
  readonly keepAlive: number | undefined;
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
/**
 * A field name is a token, a value holds no control character but the tab (RFC 9110 §5.1, §5.5). The value keeps the
 * spaces around it: two patterns that both match them took 16 s over one line of 60 KB.
 */
const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([\t\x20-\x7e\x80-\xff]*)$/;
const LENGTH = /^\d{1,15}$/;
const CLOSE = /(?:^|,)[\t ]*close[\t ]*(?:,|$)/i;
const KEEP_ALIVE_TIMEOUT = /(?:^|,)[\t ]*timeout=(\d{1,9})/i;
/** Said twice, these could be understood in two ways. */
const ONCE = new Set(['content-length', 'transfer-encoding', 'content-type', 'content-encoding']);
/** The upstream closes after the time that it tells; we leave this much earlier so as not to send into a closing connection. */
const KEEP_ALIVE_MARGIN = 1_000;

/**
 * `text`: status line and fields without the empty line behind them.
 * @throws ResponseFault
 */
export function readHead(text: string): ResponseHead {
  const lines = text.split('\r\n');
  const [, minor, digits] = STATUS_LINE.exec(lines[0] ?? '') ?? fault('no status line');
  const status = Number(digits);
  const headers = readFields(lines);
  const framing = framingOf(status, minor === '1', headers);
  return { status, headers, framing, keepAlive: minor === '1' && framing.kind !== 'until-close' ? keepAliveOf(headers) : 0 };
}

/** Whether a line of a trailer section is a field. */
export function isField(line: string): boolean {
  return FIELD.test(line);
}

function readFields(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (let at = 1; at < lines.length; at++) {
    const [, given = '', padded = ''] = FIELD.exec(lines[at] ?? '') ?? fault('a header line that is none');
    const name = given.toLowerCase();
    const value = withoutPadding(padded);
    // llhttp loses count of such a body: what surrounds a length are spaces or nothing.
    if (name === 'content-length' && padded.includes('\t')) fault('a tab in a Content-Length');
    const before = headers.get(name);
    if (before !== undefined && ONCE.has(name)) fault(`two headers ${name}`);
    // `close` said in any of several counts.
    headers.set(name, before !== undefined && name === 'connection' ? `${before}, ${value}` : value);
  }
  return headers;
}

/** Spaces and tabs alone: `trim` also takes U+00A0, and `chunked\xa0` is not what others read as `chunked`. */
function withoutPadding(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isPadding(text.charCodeAt(start))) start++;
  while (end > start && isPadding(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isPadding(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function framingOf(status: number, isHttp11: boolean, headers: ReadonlyMap<string, string>): Framing {
  const coding = headers.get('transfer-encoding');
  const length = headers.get('content-length');
  if (coding !== undefined) {
    if (length !== undefined) fault('both Transfer-Encoding and Content-Length');
    if (!isHttp11) fault('Transfer-Encoding in HTTP/1.0');
    if (coding.toLowerCase() !== 'chunked') fault('an unknown Transfer-Encoding');
  }
  if (length !== undefined && !LENGTH.test(length)) fault('a Content-Length that is no number');
  if (status < 200 || status === 204 || status === 304) {
    // Some would read a body there, and take the next answer's start for it.
    if (coding !== undefined || Number(length ?? 0) > 0) fault(`a body announced with status ${status}`);
    return { kind: 'none' };
  }
  if (coding !== undefined) return { kind: 'chunked' };
  return length === undefined ? { kind: 'until-close' } : { kind: 'length', length: Number(length) };
}

function keepAliveOf(headers: ReadonlyMap<string, string>): number | undefined {
  if (CLOSE.test(headers.get('connection') ?? '')) return 0;
  const told = KEEP_ALIVE_TIMEOUT.exec(headers.get('keep-alive') ?? '')?.[1];
  return told === undefined ? undefined : Math.max(0, Number(told) * 1_000 - KEEP_ALIVE_MARGIN);
}

function fault(what: string): never {
  throw new ResponseFault(`The answer has ${what}.`);
}
