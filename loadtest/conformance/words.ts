/** The words of the matrix: who asks, whom, what, and what came of it. */

export const PROTOCOLS = ['chat', 'responses', 'messages'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** A client library on one of its APIs. */
export interface ClientKind {
  readonly id: string;
  readonly protocol: Protocol;
  readonly sdk: 'openai' | 'anthropic' | 'ai';
}

/** How an answer is asked for. */
export type Mode = 'whole' | 'stream';

/** A picture or a document: by address or inline. */
export interface Media {
  url?: string;
  base64?: string;
  mediaType: string;
  name?: string;
}

export interface ToolSpec {
  name: string;
  description: string;
  /** JSON Schema. */
  schema: Record<string, unknown>;
  /** Takes free text instead: OpenAI's APIs alone have such tools. */
  custom?: boolean;
}

export interface Call {
  id: string;
  name: string;
  /** Parsed; text of a custom tool. */
  input: unknown;
  custom?: boolean;
}

export interface Result {
  call: Call;
  text: string;
  isError?: boolean;
  image?: Media;
}

/** A conversation, step by step. */
export type Step =
  | { says: 'user'; text: string; images?: readonly Media[]; documents?: readonly Media[] }
  /** What the library itself would send back of an answer that it got. */
  | { says: 'model'; answer: Got }
  /** A turn that another provider made. */
  | { says: 'stranger'; text: string; calls: readonly Call[] }
  | { says: 'tools'; results: readonly Result[] };

/** A request in no API's words; each client library says it in its own. */
export interface Ask {
  model: string;
  mode: Mode;
  conversation: readonly Step[];
  system?: readonly string[];
  tools?: readonly ToolSpec[];
  toolChoice?: 'required' | 'none' | { tool: string };
  parallel?: false;
  maxTokens?: number;
  temperature?: number;
  topP?: number;
  stop?: readonly string[];
  schema?: Record<string, unknown>;
  /** Thinking on, effort high; `adaptive`: as newer models of Messages want it. */
  reasoning?: boolean | 'adaptive';
  user?: string;
  metadata?: Record<string, string>;
  serviceTier?: string;
  /** Marks what may be cached, or names the cache: what the API has. */
  cache?: boolean;
}

export type StopWord = 'end' | 'stop-sequence' | 'length' | 'tools' | 'refusal' | 'other';

export interface Got {
  text: string;
  refusal: string;
  thought: string;
  /** Thoughts that only their maker can read. */
  hidden: number;
  calls: Call[];
  stop: StopWord;
  stopSequence?: string;
  /** All input, cached included; undefined where the library does not tell. */
  usage: { input?: number; cached?: number; written?: number; output?: number; reasoning?: number };
  /** The turn as the library sends it back. */
  native: unknown;
}

/** The answer was an error, as the library raised it. */
export interface Refusal {
  /** Class name of what was thrown. */
  className: string;
  /** HTTP status; undefined for an error inside a stream. */
  status?: number;
  message: string;
  /** Words that had arrived by then. */
  text: string;
}

/** What becomes of a cell. `refused`: a clear 400 that names the field, where the design asks for that. */
export type Outcome = 'pass' | 'refused' | 'fail' | 'n/a';

export interface CellResult {
  feature: string;
  family: string;
  client: string;
  upstream: Protocol;
  outcome: Outcome;
  /** Why it failed, was refused, or does not apply. */
  note: string;
}
