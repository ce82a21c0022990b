/**
 * What Anthropic's models take and refuse, by name. As written in the models overview, the migration guides and the pages
 * on thinking, effort and structured outputs of platform.claude.com/docs (autumn 2026), and checked against the table in
 * `@ai-sdk/anthropic` 3.0. A newer version of a known family is taken to be as its newest known one; a name of no known
 * family that begins with `claude-` as today's models are: adaptive thinking, no sampling parameters.
 */

export type Effort = 'low' | 'medium' | 'high' | 'xhigh' | 'max';

export interface ModelFacts {
  /** Tokens of one answer at most; undefined where it is not known. */
  readonly mostOutput: number | undefined;
  /** `max_tokens` for a client that says nothing: Messages has no default of its own. */
  readonly defaultOutput: number;
  /** `budget`: `enabled` with `budget_tokens`. `adaptive`: the only form from 4.7 on, the advised one from 4.6 on. */
  readonly thinking: 'none' | 'budget' | 'adaptive';
  /** How thinking is turned off: by not asking for it, by name, but for notes between tools, or not at all. */
  readonly thinkingOff: 'absent' | 'disabled' | 'between_tools' | 'never';
  /** Values of `output_config.effort`, where it goes with adaptive thinking; the highest last. */
  readonly efforts: readonly Effort[];
  /** `either`: temperature or top_p but not both. `none`: anything but the defaults is a 400. */
  readonly sampling: 'any' | 'either' | 'none';
  /** `tool_choice` `any` and `tool`. With budget thinking no model takes them. */
  readonly forcedTools: boolean;
  /** `output_config.format`, and strict tools with it. */
  readonly structuredOutput: boolean;
}

const ALL_EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;

const CLAUDE_3: ModelFacts = {
  mostOutput: 4096,
  defaultOutput: 4096,
  thinking: 'none',
  thinkingOff: 'absent',
  efforts: [],
  sampling: 'any',
  forcedTools: true,
  structuredOutput: false,
};
const CLAUDE_3_5: ModelFacts = { ...CLAUDE_3, mostOutput: 8192, defaultOutput: 8192 };
const SONNET_4: ModelFacts = { ...CLAUDE_3, mostOutput: 64_000, defaultOutput: 64_000, thinking: 'budget' };
const OPUS_4: ModelFacts = { ...SONNET_4, mostOutput: 32_000, defaultOutput: 32_000 };
const OPUS_4_1: ModelFacts = { ...OPUS_4, sampling: 'either', structuredOutput: true };
const CLAUDE_4_5: ModelFacts = { ...SONNET_4, sampling: 'either', structuredOutput: true };
/** Half of what they could: an answer that long would hold its slot for a quarter of an hour. */
const CLAUDE_4_6: ModelFacts = {
  ...CLAUDE_4_5,
  mostOutput: 128_000,
  thinking: 'adaptive',
  efforts: ['low', 'medium', 'high', 'max'],
};
const OPUS_4_7: ModelFacts = { ...CLAUDE_4_6, efforts: ALL_EFFORTS, sampling: 'none' };
/** From here on they think unless told not to. */
const CLAUDE_5: ModelFacts = { ...OPUS_4_7, thinkingOff: 'disabled' };
const FABLE_5: ModelFacts = { ...CLAUDE_5, thinkingOff: 'never' };
const OPUS_5_5: ModelFacts = { ...FABLE_5, forcedTools: false };
const SONNET_5_5: ModelFacts = { ...OPUS_5_5, thinkingOff: 'between_tools' };

/** The newest that is known, in the reading that no version refuses. */
const UNKNOWN_CLAUDE: ModelFacts = { ...FABLE_5, mostOutput: undefined };
/** Somebody else's model behind the same API: they took the form over before it became adaptive. */
const FOREIGN: ModelFacts = { ...CLAUDE_3_5, mostOutput: undefined, thinking: 'budget', structuredOutput: true };

/** From which version on, as major * 100 + minor, newest first. */
const FAMILIES: Readonly<Record<string, readonly (readonly [from: number, facts: ModelFacts])[]>> = {
  opus: [
    [505, OPUS_5_5],
    [500, CLAUDE_5],
    [407, OPUS_4_7],
    [406, CLAUDE_4_6],
    [405, CLAUDE_4_5],
    [401, OPUS_4_1],
    [400, OPUS_4],
    [0, CLAUDE_3],
  ],
  sonnet: [
    [505, SONNET_5_5],
    [500, CLAUDE_5],
    [406, CLAUDE_4_6],
    [405, CLAUDE_4_5],
    [307, SONNET_4],
    [305, CLAUDE_3_5],
    [0, CLAUDE_3],
  ],
  haiku: [
    [500, CLAUDE_5],
    [400, CLAUDE_4_5],
    [305, CLAUDE_3_5],
    [0, CLAUDE_3],
  ],
  fable: [
    [501, OPUS_5_5],
    [0, FABLE_5],
  ],
  mythos: [
    [501, OPUS_5_5],
    [0, FABLE_5],
  ],
};

/** `claude-opus-4-5-20251101`, `claude-opus-4@20250514`, `us.anthropic.claude-sonnet-4-6-v1`, `anthropic/claude-opus-4.7`. */
const NAMED_FIRST = /claude-([a-z]+)(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?![\da-z])/;
/** `claude-3-5-sonnet-20241022`, `claude-4.6-opus`. */
const NUMBERED_FIRST = /claude-(\d{1,2})(?:-(\d{1,2}))?-([a-z]+)/;
const BEFORE_3 = /claude-(?:instant|v?[12](?!\d))/;

/** Never throws: a model that is not known is taken to be like those that are. */
export function modelFacts(model: string): ModelFacts {
  const name = model.toLowerCase().replace(/[.@_:]/g, '-');
  if (!name.includes('claude')) return FOREIGN;
  if (BEFORE_3.test(name)) return CLAUDE_3;
  const [, major, minor, family = ''] = NUMBERED_FIRST.exec(name) ?? [];
  if (major !== undefined) return ofFamily(family, major, minor);
  const named = NAMED_FIRST.exec(name);
  return named ? ofFamily(named[1] ?? '', named[2], named[3]) : UNKNOWN_CLAUDE;
}

function ofFamily(family: string, major: string | undefined, minor: string | undefined): ModelFacts {
  const versions = Object.hasOwn(FAMILIES, family) ? FAMILIES[family] : undefined;
  if (!versions) return UNKNOWN_CLAUDE;
  // `claude-sonnet-latest`: the newest.
  if (major === undefined) return family === 'mythos' ? FABLE_5 : (versions[0]?.[1] ?? UNKNOWN_CLAUDE);
  const version = Number(major) * 100 + Number(minor ?? 0);
  return versions.find(([from]) => version >= from)?.[1] ?? UNKNOWN_CLAUDE;
}
