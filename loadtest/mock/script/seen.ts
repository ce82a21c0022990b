/** What the scripted model understood of a request, in one form for all APIs: `[[echo]]` answers with it as JSON. */
import { fingerprint } from './proof.js';
import { isObject } from './shape.js';

/** A picture or a document as it arrived. */
export interface SeenMedia {
  url?: string;
  mediaType?: string;
  /** Of the decoded bytes. */
  bytes?: number;
  hash?: string;
  name?: string;
}

export interface SeenTool {
  name: string;
  description?: string;
  /** Of the schema, whatever the order of its members. */
  schemaHash: string;
  strict?: boolean;
  custom?: boolean;
}

export interface SeenResult {
  name: string;
  input: string;
  text: string;
  images: number;
  isError: boolean;
}

/** Absent members were not in the request. */
export interface Seen {
  system: string[];
  userTexts: string[];
  assistantTexts: string[];
  images: SeenMedia[];
  documents: SeenMedia[];
  tools: SeenTool[];
  /** Calls of earlier turns, `name(input)`. */
  calls: string[];
  /** Thoughts sent back whole and unforged. */
  thoughts: number;
  toolChoice?: string;
  parallel?: boolean;
  stop?: string[];
  maxTokens?: number;
  temperature?: number;
  topP?: number;
  topK?: number;
  reasoning?: { on: boolean; effort?: string; budget?: number };
  format?: { kind: 'json' | 'schema'; name?: string; schemaHash?: string };
  verbosity?: string;
  user?: string;
  metadata?: unknown;
  serviceTier?: string;
  cacheMarks: number;
  cacheKey?: string;
  others: Record<string, unknown>;
}

/** A request that passed every check. */
export interface Understood {
  seen: Seen;
  stream: boolean;
  includeUsage: boolean;
  /** Whether thoughts are wanted, and (Responses) whether in encrypted form too. */
  thinking: boolean;
  encrypted: boolean;
  /** It thinks and shows nothing of it: OpenAI's own models in chat. */
  silent?: boolean;
  /** Its thoughts are proven and empty: Anthropic's `display: omitted`. */
  omitted?: boolean;
  /** Text of the last turn, the directives in it. */
  lastText: string;
  /** Tool results of the last turn. */
  results: SeenResult[];
  schemas: ReadonlyMap<string, unknown>;
}

export function newSeen(): Seen {
  return {
    ...{ system: [], userTexts: [], assistantTexts: [], images: [], documents: [], tools: [], calls: [] },
    ...{ thoughts: 0, cacheMarks: 0, others: {} },
  };
}

/** Hash of a JSON value with its members in order of their names. */
export function schemaHash(value: unknown): string {
  return fingerprint(JSON.stringify(sorted(value)));
}

/** Base64 as it should be; undefined for what is none. */
export function mediaOf(base64: string, mediaType: string): SeenMedia | undefined {
  if (base64 === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  return { mediaType, bytes: bytes.length, hash: fingerprint(bytes) };
}

/** `data:<type>;base64,<data>`; undefined for what is none. */
export function mediaOfDataUrl(url: string): SeenMedia | undefined {
  const match = /^data:([\w.+-]+\/[\w.+-]+);base64,(.*)$/s.exec(url);
  return match ? mediaOf(match[2] as string, match[1] as string) : undefined;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(value[name])]),
  );
}
