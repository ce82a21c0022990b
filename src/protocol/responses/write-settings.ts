/** What tunes an answer, in the words of Responses; what this API or the model does not take is dropped by name. */
import { hash } from 'node:crypto';
import { unsupported } from '../middle/fields.js';
import type { Losses } from '../middle/losses.js';
import type { MiddleRequest } from '../middle/request.js';
import type { ModelTraits } from '../openai/model-traits.js';
import { writeEffort } from '../openai/reasoning.js';

/** The API refuses less. */
const LEAST_OUTPUT = 16;
/** Characters of `safety_identifier` and `prompt_cache_key`. */
const LONGEST_KEY = 64;
/** `auto` is what absence means. */
const TIERS = new Set(['default', 'flex', 'scale', 'priority']);
/** Of chat, under the same name and with the same meaning. */
const SHARED = new Set(['prompt_cache_retention']);
/** Of other dialects: without them the answer would be another one. */
const REFUSED = new Set(['n', 'web_search_options', 'mcp_servers', 'container']);

export function writeSettings(request: MiddleRequest, traits: ModelTraits, losses: Losses): Record<string, unknown> {
  if (request.stop?.length) throw unsupported(request.fields.stop ?? 'stop', 'is not known to the API that serves this request');
  losses.dropField('topK');
  const reasoning = writeReasoning(request, traits, losses);
  const effort = reasoning?.effort;
  const thinks = traits.reasons && effort !== 'none' && !(traits.restsByDefault && effort === undefined);
  return {
    ...writeLimit(request, losses),
    ...writeSampling(request, thinks, losses),
    ...(reasoning && { reasoning }),
    ...writeText(request, traits, losses),
    ...writeLabels(request, losses),
    ...writeOthers(request, losses),
  };
}

function writeLimit({ maxOutput }: MiddleRequest, losses: Losses): Record<string, unknown> {
  if (maxOutput === undefined) return {};
  if (maxOutput < LEAST_OUTPUT) losses.dropField('maxOutput');
  return { max_output_tokens: Math.max(maxOutput, LEAST_OUTPUT) };
}

/** A model that thinks takes neither (edge case 20). 1 is the default of both. */
function writeSampling({ temperature, topP }: MiddleRequest, thinks: boolean, losses: Losses): Record<string, unknown> {
  if (!thinks) return { ...(temperature !== undefined && { temperature }), ...(topP !== undefined && { top_p: topP }) };
  if (temperature !== undefined && temperature !== 1) losses.dropField('temperature');
  if (topP !== undefined && topP !== 1) losses.dropField('topP');
  return {};
}

/** A Messages client that lets the model think expects to read what it thought; here that must be asked for. */
function writeReasoning(
  { reasoning, from }: MiddleRequest,
  traits: ModelTraits,
  losses: Losses,
): { effort?: string; summary?: string } | undefined {
  if (!reasoning) return undefined;
  const { effort, exact } = writeEffort(reasoning, traits);
  const thinks = reasoning.mode !== 'off';
  if (!exact && (thinks || traits.reasons)) losses.dropField('reasoning');
  const asked = reasoning.summary ?? (from === 'messages' && thinks ? 'auto' : undefined);
  const summary = asked !== undefined && asked !== 'omitted' && (traits.reasons || !traits.openai) ? asked : undefined;
  if (effort === undefined && summary === undefined) return undefined;
  return { ...(effort !== undefined && { effort }), ...(summary !== undefined && { summary }) };
}

function writeText({ outputFormat, verbosity }: MiddleRequest, traits: ModelTraits, losses: Losses): Record<string, unknown> {
  const talks = verbosity !== undefined && (traits.customTools || !traits.openai);
  if (verbosity !== undefined && !talks) losses.dropField('verbosity');
  if (!outputFormat && !talks) return {};
  const format = outputFormat && writeFormat(outputFormat);
  return { text: { ...(format && { format }), ...(talks && { verbosity }) } };
}

function writeFormat(format: NonNullable<MiddleRequest['outputFormat']>): Record<string, unknown> {
  if (format.kind === 'json') return { type: 'json_object' };
  const { name, description, schema, strict } = format;
  return { type: 'json_schema', name, ...(description && { description }), schema, ...(strict !== undefined && { strict }) };
}

function writeLabels(request: MiddleRequest, losses: Losses): Record<string, unknown> {
  const { user, metadata, serviceTier, promptCacheKey, fields } = request;
  // Anthropic's name for no special treatment.
  const tier = serviceTier === 'standard_only' ? 'default' : serviceTier === 'auto' ? undefined : serviceTier;
  if (tier !== undefined && !TIERS.has(tier)) losses.dropField('serviceTier');
  return {
    ...(user && { [fields.user === 'user' ? 'user' : 'safety_identifier']: key(user, () => losses.dropField('user')) }),
    ...(metadata && { metadata }),
    ...(tier !== undefined && TIERS.has(tier) && { service_tier: tier }),
    ...(promptCacheKey && { prompt_cache_key: key(promptCacheKey, () => losses.dropField('promptCacheKey')) }),
  };
}

/** Too long a name becomes its digest: it still tells one user from another, and the same one from turn to turn (edge case 21). */
function key(text: string, changed: () => void): string {
  if (text.length <= LONGEST_KEY) return text;
  changed();
  return hash('sha256', text, 'hex');
}

/** From Responses to Responses nothing is foreign. */
function writeOthers({ others, from }: MiddleRequest, losses: Losses): MiddleRequest['others'] {
  if (from === 'responses') return others;
  const shared: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(others)) {
    if (REFUSED.has(name)) throw unsupported(name, 'is not something that this model’s provider does');
    if (from === 'chat' && SHARED.has(name)) shared[name] = value;
    else losses.drop(name);
  }
  return shared;
}
