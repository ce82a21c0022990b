/** What the routing fields of every client protocol have in common: bodies are read as latin1 text, top level only. */
import { GatewayError } from '../errors.js';
import { type Span, scanArray, scanObject } from './json-scan.js';
import type { RoutingFields } from './protocol.js';

export type Members = ReadonlyMap<string, Span>;

const LONGEST_MODEL = 256;
/** Bytes. */
const LONGEST_PREFIX = 128 * 1024;
/** The prefix that names a conversation ends with its first user message, which stands early. */
const MOST_ITEMS_READ = 16;
const ROLE = new Set(['role']);
/** A string that reads as it is written: ASCII without escapes. */
const PLAIN = /^"[\x20\x21\x23-\x5b\x5d-\x7e]*"$/;

/** The wanted members of a request body. Throws a `GatewayError` where it is no JSON object or names one of them twice. */
export function readMembers(text: string, wanted: ReadonlySet<string>): Members {
  const scan = scanObject(text, wanted);
  if (scan.ok) return scan.members;
  if (scan.fault === 'duplicate-key')
    throw new GatewayError('invalid_request', `'${scan.key}' is given more than once.`, { param: scan.key });
  if (scan.fault === 'too-deep') throw new GatewayError('invalid_json', 'The request body is nested too deeply.');
  throw new GatewayError('invalid_json', 'The request body is not a valid JSON object.');
}

/** What every protocol names alike. */
export function readCommon(text: string, members: Members): Pick<RoutingFields, 'model' | 'modelSpan' | 'stream'> {
  const modelSpan = members.get('model');
  if (!modelSpan) throw new GatewayError('invalid_request', "Missing required parameter: 'model'.", { param: 'model' });
  return { model: readModel(text, modelSpan), modelSpan, stream: readStream(text, members.get('stream')) };
}

function readModel(text: string, span: Span): string {
  const model = readString(text, span);
  if (model === undefined || model === '' || model.length > LONGEST_MODEL) {
    throw new GatewayError('invalid_request', `'model' must be a string of 1 to ${LONGEST_MODEL} characters.`, {
      param: 'model',
    });
  }
  return model;
}

function readStream(text: string, span: Span | undefined): boolean {
  const written = span ? text.slice(span.start, span.end) : 'null';
  if (written === 'true') return true;
  if (written === 'false' || written === 'null') return false;
  throw new GatewayError('invalid_request', "'stream' must be a boolean.", { param: 'stream' });
}

/** The string at one member of the object at `span`, undefined where either is not what it should be. */
export function readInner(text: string, span: Span | undefined, name: string): string | undefined {
  if (!span) return undefined;
  const object = text.slice(span.start, span.end);
  const inner = scanObject(object, new Set([name]));
  return inner.ok ? readString(object, inner.members.get(name)) : undefined;
}

/** Where the list's elements up to and including the first of the user stand, undefined for an empty list. */
export function upToFirstUser(text: string, list: Span): Span | undefined {
  const elements = scanArray(text, list, MOST_ITEMS_READ);
  const first = elements[0];
  const last = elements.find((span) => roleOf(text.slice(span.start, span.end)) === 'user') ?? elements.at(-1);
  return first && last && { start: first.start, end: last.end };
}

/**
 * The text there, byte for byte; of a long one its length and both ends. Hashing megabytes to recognise a conversation
 * would hold up everybody else's chunks: 0.6 ms a MB, more than reading them.
 */
export function shortened(text: string, { start, end }: Span): string {
  if (end - start <= LONGEST_PREFIX) return text.slice(start, end);
  const half = LONGEST_PREFIX / 2;
  return `${text.slice(start, start + half)}\0${end - start}\0${text.slice(end - half, end)}`;
}

/** The span's string with escapes and UTF-8 read, undefined for another type. */
export function readString(text: string, span: Span | undefined): string | undefined {
  if (!span || text.charCodeAt(span.start) !== 0x22) return undefined;
  const quoted = text.slice(span.start, span.end);
  if (PLAIN.test(quoted)) return detached(quoted.slice(1, -1));
  try {
    return JSON.parse(Buffer.from(quoted, 'latin1').toString('utf8')) as string;
  } catch {
    throw new GatewayError('invalid_json', 'The request body is not a valid JSON object.');
  }
}

/** V8 keeps shorter pieces of a string as strings of their own. */
const SHORTEST_VIEW = 13;

/**
 * The same text without the body that it is a piece of: a longer piece is a view, and a model's name that is remembered
 * with a session would keep its whole body, hundreds of kilobytes each.
 */
function detached(text: string): string {
  return text.length < SHORTEST_VIEW ? text : Buffer.from(text, 'latin1').toString('latin1');
}

function roleOf(message: string): string | undefined {
  const scan = scanObject(message, ROLE);
  return scan.ok ? readString(message, scan.members.get('role')) : undefined;
}
