/**
 * What the name of a chat model tells of what it takes. OpenAI's own families refuse fields that others need, and are
 * known by name; whatever is not one of them is taken for a compatible server's model, which ignores what it does not know.
 * Source: the API reference of `reasoning_effort`, `max_tokens` and `stop`, as the official SDK's types quote it.
 */
export interface ModelTraits {
  /** One of OpenAI's own: members that it does not know are refused. */
  readonly openai: boolean;
  /** One of OpenAI's reasoning models: `max_completion_tokens`, and no sampling settings while it thinks. */
  readonly reasons: boolean;
  /** The values of `reasoning_effort` that it takes, weakest first; none: the field itself is refused. */
  readonly efforts: readonly string[];
  /** It thinks only if asked to (gpt-5.1 and later). */
  readonly restsByDefault: boolean;
  /** `custom` tools and `verbosity` (gpt-5 and later). */
  readonly customTools: boolean;
  /** `stop` is refused (o3, o4). */
  readonly refusesStop: boolean;
}

const FAMILY = /^(?:ft:)?(?:(?:chat)?gpt-(\d+)(?:\.(\d+))?|o(\d)(?=$|[-:]))(.*)$/;
const USUAL_EFFORTS = ['low', 'medium', 'high'];
const COMPATIBLE: ModelTraits = {
  openai: false,
  reasons: false,
  efforts: USUAL_EFFORTS,
  restsByDefault: false,
  customTools: false,
  refusesStop: false,
};

export function traitsOf(model: string): ModelTraits {
  const match = FAMILY.exec(model.slice(model.lastIndexOf('/') + 1));
  if (!match) return COMPATIBLE;
  const [, major, minor = '0', series, variant = ''] = match;
  if (series !== undefined) return { ...COMPATIBLE, openai: true, reasons: true, refusesStop: Number(series) >= 3 };
  // Azure writes 3.5 as 35.
  const generation = major === '35' ? 3.5 : Number(major) + Number(minor) / 10;
  const conversational = variant.includes('-chat');
  if (generation < 5) return { ...COMPATIBLE, openai: true, efforts: [] };
  const efforts = conversational ? [] : effortsOf(generation, variant);
  return {
    openai: true,
    reasons: true,
    efforts,
    restsByDefault: efforts.includes('none'),
    customTools: !conversational,
    refusesStop: false,
  };
}

function effortsOf(generation: number, variant: string): string[] {
  const strongest = generation >= 5.2 || variant.includes('-codex-max') ? ['xhigh'] : [];
  if (variant.includes('-pro')) return generation >= 5.2 ? ['medium', 'high', ...strongest] : ['high'];
  if (variant.includes('-codex')) return [...USUAL_EFFORTS, ...strongest];
  return [generation >= 5.1 ? 'none' : 'minimal', ...USUAL_EFFORTS, ...strongest];
}
