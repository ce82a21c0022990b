/**
 * The middle form of a request: what every client dialect is read into and every upstream dialect is written from.
 * Block-structured as Anthropic's Messages are, since chat and Responses both fit into that without loss of order.
 * Absent members mean "the client did not say".
 */
/** The three ways to ask for an answer. */
export type DialectName = 'chat' | 'messages' | 'responses';

export interface MiddleRequest {
  /** Whose words `fields` and the parts' `at` are. */
  readonly from: DialectName;
  /** The model to ask for, already the target's. */
  readonly model: string;
  readonly stream: boolean;
  /** Instructions before and between the turns, in order, as one list: every position is the top one (edge case 12). */
  readonly system: readonly TextPart[];
  /** Neighbours of one role are merged, no part is empty, every tool result follows its call. */
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  readonly parallelTools?: boolean;
  /** Tokens, thinking included. */
  readonly maxOutput?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly stop?: readonly string[];
  readonly outputFormat?: OutputFormat;
  readonly reasoning?: Reasoning;
  /** Terse to talkative, as OpenAI's `verbosity`. */
  readonly verbosity?: string;
  /** Names the end user: `user`, `safety_identifier`, `metadata.user_id`. */
  readonly user?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly serviceTier?: string;
  readonly promptCacheKey?: string;
  /** Chat only: `stream_options.include_usage`. Elsewhere usage is always part of the answer. */
  readonly includeUsage?: boolean;
  /**
   * Fields that the middle form has no member for, by their name in the client's dialect, values that mean nothing left
   * out (null, defaults such as `n: 1`). A writer passes on what its dialect has under the very same name and meaning
   * (chat and Responses share some), refuses what would change the answer's meaning and drops the rest by name.
   */
  readonly others: Readonly<Record<string, unknown>>;
  /** What the reader itself had to leave out, as paths in the client's dialect. */
  readonly lost: readonly string[];
  /** The client's own name of each member above that it set, for errors and the list of dropped fields: `stop_sequences`. */
  readonly fields: Readonly<Partial<Record<MiddleField, string>>>;
}

export type MiddleField =
  | 'system'
  | 'turns'
  | 'tools'
  | 'toolChoice'
  | 'parallelTools'
  | 'maxOutput'
  | 'temperature'
  | 'topP'
  | 'topK'
  | 'stop'
  | 'outputFormat'
  | 'reasoning'
  | 'verbosity'
  | 'user'
  | 'metadata'
  | 'serviceTier'
  | 'promptCacheKey';

export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly parts: readonly Part[];
}

export type Part =
  | TextPart
  | ImagePart
  | DocumentPart
  | AudioPart
  | ThinkingPart
  | RedactedThinkingPart
  | RefusalPart
  | ToolCallPart
  | ToolResultPart;

/** Where the client put it, as a path in its own dialect: `messages[3].content[0]`. */
interface Placed {
  readonly at: string;
}

/** Anthropic's cache marker, kept for targets that know it. */
export interface CacheMark {
  readonly ttl?: '5m' | '1h';
}

interface Cached {
  readonly cache?: CacheMark;
}

/** Never empty, never white space alone. */
export interface TextPart extends Placed, Cached {
  readonly kind: 'text';
  readonly text: string;
}

/** A file by address, inline, or by the id that one provider gave it (`maker` says which). */
export type Source =
  | { readonly by: 'url'; readonly url: string }
  | { readonly by: 'data'; readonly mediaType: string; readonly base64: string }
  | { readonly by: 'file'; readonly maker: Maker; readonly id: string };

export interface ImagePart extends Placed, Cached {
  readonly kind: 'image';
  readonly source: Source;
  /** OpenAI's `low | high | auto | original`. */
  readonly detail?: string;
}

/** A PDF or plain text. */
export interface DocumentPart extends Placed, Cached {
  readonly kind: 'document';
  readonly source: Source | { readonly by: 'text'; readonly text: string };
  /** File name or title. */
  readonly name?: string;
  readonly context?: string;
}

/** OpenAI's chat alone takes it. */
export interface AudioPart extends Placed {
  readonly kind: 'audio';
  readonly base64: string;
  readonly format: string;
}

/** Whose model or service made something that only its maker can read again. */
export type Maker = 'openai' | 'anthropic' | 'chat';

/**
 * What a model thought, replayed. `proof`: what its maker signed or encrypted, and only that maker accepts; absent where
 * there is none (`reasoning_content` of a chat upstream), and then it is never sent to a maker that asks for proof.
 */
export interface ThinkingPart extends Placed {
  readonly kind: 'thinking';
  readonly text: string;
  readonly maker: Maker;
  readonly proof?: string;
  /** A Responses item's id. */
  readonly id?: string;
}

/** Thought that only its maker can read. */
export interface RedactedThinkingPart extends Placed {
  readonly kind: 'redacted-thinking';
  readonly maker: Maker;
  readonly proof: string;
  readonly id?: string;
}

export interface RefusalPart extends Placed {
  readonly kind: 'refusal';
  readonly text: string;
}

export interface ToolCallPart extends Placed, Cached {
  readonly kind: 'tool-call';
  /** As the client said it: each writer makes it fit its dialect, the same way for call and result. */
  readonly id: string;
  readonly name: string;
  /** JSON text of an object, '{}' for none; free text when `custom`. What is no JSON stays as it is (edge case 5). */
  readonly input: string;
  readonly custom?: boolean;
}

export interface ToolResultPart extends Placed, Cached {
  readonly kind: 'tool-result';
  /** The id of its call. */
  readonly id: string;
  readonly isError?: boolean;
  readonly custom?: boolean;
  /** Empty: the tool said nothing. */
  readonly parts: readonly (TextPart | ImagePart | DocumentPart)[];
}

export interface Tool extends Cached {
  /** `custom`: takes free text instead of JSON (OpenAI). */
  readonly kind: 'function' | 'custom';
  readonly name: string;
  readonly description?: string;
  /** JSON Schema; absent: takes nothing. */
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly strict?: boolean;
  /** Custom only: the grammar, as written. */
  readonly format?: unknown;
  /** `tools[0]`. */
  readonly at: string;
}

export type ToolChoice =
  | { readonly kind: 'auto' | 'none' | 'required' }
  | { readonly kind: 'tool'; readonly name: string }
  /** OpenAI's `allowed_tools`. */
  | { readonly kind: 'allowed'; readonly names: readonly string[]; readonly mode: 'auto' | 'required' };

export type OutputFormat =
  | { readonly kind: 'json' }
  | {
      readonly kind: 'schema';
      readonly name: string;
      readonly description?: string;
      readonly schema: Readonly<Record<string, unknown>>;
      readonly strict?: boolean;
    };

/** `effort` in the words of both makers: none | minimal | low | medium | high | xhigh | max. */
export interface Reasoning {
  /** `adaptive`: the model decides (Anthropic); `on` with neither effort nor budget: the default. */
  readonly mode: 'off' | 'on' | 'adaptive';
  readonly effort?: string;
  /** Tokens. */
  readonly budget?: number;
  /** OpenAI's `reasoning.summary` (auto | concise | detailed), Anthropic's `thinking.display` as `omitted`. */
  readonly summary?: string;
}
