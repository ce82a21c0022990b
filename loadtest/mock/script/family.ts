/**
 * The scripted model under names of known families, each as strict as that family is. `mock-script` itself is what a
 * compatible server serves: every field of its API is taken. Sources: the API references of `reasoning_effort`,
 * `max_completion_tokens`, `temperature`, `include`; Anthropic's pages on adaptive thinking and migration to 4.7.
 */
import type { Shape } from './shape.js';

export interface Family {
  /** OpenAI's own: unknown members are refused, thoughts are never shown in chat. */
  readonly openai?: 'plain' | 'reasoning';
  /** Efforts that it takes. */
  readonly efforts?: readonly string[];
  /** It thinks only when asked, and takes sampling settings while it does not. */
  readonly restsByDefault?: boolean;
  readonly refusesStop?: boolean;
  /** Anthropic's: thinking by budget only, or adaptive only and without sampling settings. */
  readonly claude?: 'budget' | 'adaptive';
}

const FAMILIES: Readonly<Record<string, Family>> = {
  'mock-script': {},
  'gpt-5.1-mock-script': { openai: 'reasoning', efforts: ['none', 'low', 'medium', 'high'], restsByDefault: true },
  'o4-mini-mock-script': { openai: 'reasoning', efforts: ['low', 'medium', 'high'], refusesStop: true },
  'gpt-4.1-mock-script': { openai: 'plain', efforts: [] },
  'claude-opus-4-8-mock-script': { claude: 'adaptive' },
  'claude-sonnet-4-5-mock-script': { claude: 'budget' },
};

export const SCRIPT_MODELS: readonly string[] = Object.keys(FAMILIES);

/** Undefined: not the scripted model. */
export function familyOf(model: string): Family | undefined {
  return Object.hasOwn(FAMILIES, model) ? FAMILIES[model] : undefined;
}

/** What OpenAI's own models refuse, in chat and Responses alike. `effort`: as the request gives it. */
export function checkSampling(top: Shape, family: Family, effort: string | undefined): void {
  if (effort !== undefined && family.efforts && !family.efforts.includes(effort))
    top.fail('reasoning_effort', `Unsupported value: '${effort}' is not supported with this model`);
  if (family.openai !== 'reasoning' || (effort === undefined ? family.restsByDefault : effort === 'none')) return;
  for (const name of ['temperature', 'top_p'])
    if ((top.any(name) ?? 1) !== 1) top.fail(name, 'Unsupported value: only the default (1) is supported with this model');
  for (const name of ['presence_penalty', 'frequency_penalty', 'logprobs', 'top_logprobs', 'logit_bias'])
    if (top.has(name)) top.fail(name, 'is not supported with this model');
}

/** What a generation of Anthropic's models refuses. */
export function checkClaude(top: Shape, family: Family): void {
  const thinking = top.inner('thinking')?.text('type');
  if (family.claude === 'adaptive') {
    if (thinking === 'enabled') top.fail('thinking', '"thinking.type.enabled" is not supported for this model. Use "adaptive".');
    for (const name of ['temperature', 'top_p'])
      if ((top.any(name) ?? 1) !== 1) top.fail(name, 'is not supported with this model');
    if (top.has('top_k')) top.fail('top_k', 'is not supported with this model');
  }
  if (family.claude === 'budget') {
    if (thinking === 'adaptive') top.fail('thinking', 'adaptive thinking is not supported on this model');
    if (top.has('temperature') && top.has('top_p'))
      top.fail('top_p', '`temperature` and `top_p` cannot both be specified for this model');
    if (top.inner('output_config')?.has('effort')) top.fail('output_config', 'This model does not support the effort parameter.');
  }
}
