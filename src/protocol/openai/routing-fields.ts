/** What routing needs out of an OpenAI request body, and no more: everything else passes unread. */
import { GatewayError } from '../../errors.js';
import { type Scan, type Span, scanArray, scanObject } from '../json-scan.js';
import type { RoutingFields } from '../protocol.js';

const WANTED = new Set(['model', 'stream', 'messages', 'user', 'safety_identifier', 'prompt_cache_key', 'metadata']);
/** The prefix that names a conversation ends with its first user message, which stands early. */
const MOST_MESSAGES_READ = 16;
const LONGEST_MODEL = 256;
/** Bytes. */
const LONGEST_PREFIX = 128 * 1024;
const ROLE = new Set(['role']);

/** Reads the body as latin1 text. Throws a `GatewayError` that names the field at fault. */
export function readRoutingFields(text: string): RoutingFields {
  const members = membersOf(scanObject(text, WANTED));
  const modelSpan = members.get('model');
  if (!modelSpan) throw new GatewayError('invalid_request', "Missing required parameter: 'model'.", { param: 'model' });
  return {
    model: readModel(text, modelSpan),
    modelSpan,
    stream: readStream(text, members.get('stream')),
    sessionHint: sessionHint(text, members),
    promptPrefix: promptPrefix(text, members),
  };
}

function membersOf(scan: Scan): ReadonlyMap<string, Span> {
  if (scan.ok) return scan.members;
  if (scan.fault === 'duplicate-key')
    throw new GatewayError('invalid_request', `'${scan.key}' is given more than once.`, { param: scan.key });
  if (scan.fault === 'too-deep') throw new GatewayError('invalid_json', 'The request body is nested too deeply.');
  throw new GatewayError('invalid_json', 'The request body is not a valid JSON object.');
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

function sessionHint(text: string, members: ReadonlyMap<string, Span>): string | undefined {
  const named = ['prompt_cache_key', 'user', 'safety_identifier'] as const;
  for (const name of named) {
    const value = readString(text, members.get(name));
    if (value) return `${name}:${value}`;
  }
  const metadata = members.get('metadata');
  if (!metadata) return undefined;
  const inner = scanObject(text.slice(metadata.start, metadata.end), new Set(['user_id']));
  const value = inner.ok ? readString(text.slice(metadata.start, metadata.end), inner.members.get('user_id')) : undefined;
  return value ? `user:${value}` : undefined;
}

/** Every message up to and including the first of the user, byte for byte; of a long one its length and both ends. */
function promptPrefix(text: string, members: ReadonlyMap<string, Span>): string | undefined {
  const messages = members.get('messages');
  if (!messages) return undefined;
  const elements = scanArray(text, messages, MOST_MESSAGES_READ);
  const first = elements[0];
  const last = elements.find((span) => roleOf(text.slice(span.start, span.end)) === 'user') ?? elements.at(-1);
  return first && last && shortened(text, first.start, last.end);
}

/** Hashing megabytes to recognise a conversation would hold up everybody else's chunks: 0.6 ms a MB, more than reading them. */
function shortened(text: string, start: number, end: number): string {
  if (end - start <= LONGEST_PREFIX) return text.slice(start, end);
  const half = LONGEST_PREFIX / 2;
  return `${text.slice(start, start + half)}\0${end - start}\0${text.slice(end - half, end)}`;
}

function roleOf(message: string): string | undefined {
  const scan = scanObject(message, ROLE);
  return scan.ok ? readString(message, scan.members.get('role')) : undefined;
}

/** The span's string with escapes and UTF-8 read, undefined for another type. */
function readString(text: string, span: Span | undefined): string | undefined {
  if (!span || text.charCodeAt(span.start) !== 0x22) return undefined;
  try {
    return JSON.parse(Buffer.from(text.slice(span.start, span.end), 'latin1').toString('utf8')) as string;
  } catch {
    throw new GatewayError('invalid_json', 'The request body is not a valid JSON object.');
  }
}
