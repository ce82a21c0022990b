/**
 * Knows a plain request when it sees one: the head that every client library sends, wholly there, in the one form that no
 * two readers could understand differently. Whatever else comes, right or wrong, is not judged here: `undefined` means
 * that Node's parser and `strictness.ts` must read it. Pure.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { ROUTES, type Route } from '../../gateway/route.js';
import { PLAIN_HOST } from '../strictness.js';

/** A request as far as its empty line. */
export interface PlainHead {
  readonly route: Route;
  /** As the client wrote it, with its query. */
  readonly path: string;
  /** Lower-case names, each once. */
  readonly headers: IncomingHttpHeaders;
  /** Bytes of its body: one at least. */
  readonly length: number;
  /** Where the body begins. */
  readonly end: number;
}

/** A head above it goes to Node, whose bound is twice that. */
export const MOST_HEAD = 8 * 1024;
/** Node drops headers past its two thousandth. */
const MOST_FIELDS = 100;

const REQUEST_LINE = /POST (\/[a-z0-9/_]+)(\?[A-Za-z0-9._~=&-]*)? HTTP\/1\.1\r\n/y;
/** A token, one space, and a value without control characters that neither begins nor ends with a space (RFC 9110 §5.5, less its white space). */
const FIELD = /([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ([\x21-\x7e\x80-\xff](?:[\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)\r\n/y;
const LENGTH = /^[1-9]\d{0,9}$/;
const KEPT = /^keep-alive$/i;
/** They change how a message or its connection is framed. */
const UNUSUAL = new Set(['transfer-encoding', 'expect', 'upgrade', 'trailer', 'proxy-connection', 'http2-settings']);
const CR = 0x0d;
const LF = 0x0a;

const BY_PATH: ReadonlyMap<string, Route> = new Map(ROUTES.map((route) => [route.path, route]));

/**
 * `text`: the first bytes of a request, latin1; `bodyLimit`: the largest body that is served. Undefined where it is not
 * plain, or not whole.
 */
export function readPlainHead(text: string, bodyLimit: number): PlainHead | undefined {
  REQUEST_LINE.lastIndex = 0;
  const [, path = '', query = ''] = REQUEST_LINE.exec(text) ?? [];
  const route = BY_PATH.get(path);
  if (route === undefined) return undefined;
  const headers: IncomingHttpHeaders = {};
  const end = readFields(text, REQUEST_LINE.lastIndex, headers);
  if (end < 0 || headers.host === undefined || !PLAIN_HOST.test(headers.host)) return undefined;
  if (headers.connection !== undefined && !KEPT.test(headers.connection)) return undefined;
  const length = LENGTH.test(headers['content-length'] ?? '') ? Number(headers['content-length']) : 0;
  if (length === 0 || length > bodyLimit) return undefined;
  return { route, path: path + query, headers, length, end };
}

/** Reads all fields into `headers`; answers with the position behind the empty line, -1 where something is not plain. */
function readFields(text: string, start: number, headers: IncomingHttpHeaders): number {
  let at = start;
  for (let count = 0; text.charCodeAt(at) !== CR; count++) {
    FIELD.lastIndex = at;
    const field = FIELD.exec(text);
    if (field === null || count === MOST_FIELDS) return -1;
    const name = (field[1] as string).toLowerCase();
    // A second one of any name, and every name that objects have from birth.
    if (headers[name] !== undefined || UNUSUAL.has(name)) return -1;
    headers[name] = field[2];
    at = FIELD.lastIndex;
  }
  return text.charCodeAt(at + 1) === LF ? at + 2 : -1;
}
