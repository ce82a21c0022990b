/** The members of a chat request that tune its answer, each where the model asked takes it (edge cases 18 to 22). */
import { hash } from 'node:crypto';
import { unsupported } from '../middle/fields.js';
import type { Losses } from '../middle/losses.js';
import type { MiddleField, MiddleRequest, OutputFormat } from '../middle/request.js';
import type { ModelTraits } from './model-traits.js';
import { writeEffort } from './reasoning.js';

const MOST_STOPS = 4;
const LONGEST_USER = 64;
/** OpenAI's tiers by what they are called here and by Anthropic; `auto` is what absence means. */
const TIERS: Readonly<Record<string, string>> = {
  default: 'default',
  standard_only: 'default',
  flex: 'flex',
  scale: 'scale',
  priority: 'priority',
};

type Written = Readonly<Record<string, unknown>>;

/** In an order of their own, whatever the client's was: the same request is the same text. */
export function writeSettings(request: MiddleRequest, traits: ModelTraits, losses: Losses): Written {
  const reasoning = reasoningOf(request, traits, losses);
  return {
    ...(request.outputFormat && { response_format: formatOf(request.outputFormat) }),
    ...limitOf(request, traits),
    ...reasoning,
    ...samplingOf(request, traits, reasoning.reasoning_effort, losses),
    ...stopOf(request, traits),
    ...verbosityOf(request, traits, losses),
    ...userOf(request, losses),
    ...(request.promptCacheKey !== undefined && { prompt_cache_key: request.promptCacheKey }),
    ...tierOf(request, losses),
    ...labelsOf(request, losses),
  };
}

function formatOf(format: OutputFormat): Written {
  if (format.kind === 'json') return { type: 'json_object' };
  const { name, description, schema, strict } = format;
  const written = { name, ...(description && { description }), schema, ...(strict !== undefined && { strict }) };
  return { type: 'json_schema', json_schema: written };
}

function limitOf({ maxOutput }: MiddleRequest, { reasons }: ModelTraits): Written {
  return maxOutput === undefined ? {} : { [reasons ? 'max_completion_tokens' : 'max_tokens']: maxOutput };
}

function reasoningOf({ reasoning, from }: MiddleRequest, traits: ModelTraits, losses: Losses): { reasoning_effort?: string } {
  if (!reasoning) return {};
  if (reasoning.summary !== undefined) losses.drop(from === 'messages' ? 'thinking.display' : 'reasoning.summary');
  // How many tokens is nothing that an effort could say.
  if (reasoning.budget !== undefined) losses.drop('thinking.budget_tokens');
  const { effort, exact } = writeEffort(reasoning, traits);
  if (!exact) losses.dropField('reasoning');
  return effort === undefined ? {} : { reasoning_effort: effort };
}

/** A model of OpenAI's that thinks takes no other temperature than 1, which is its default (edge case 20). */
function samplingOf(request: MiddleRequest, traits: ModelTraits, effort: string | undefined, losses: Losses): Written {
  const thinks = traits.reasons && !(traits.restsByDefault && (effort === undefined || effort === 'none'));
  losses.dropField('topK');
  const written: Record<string, number> = {};
  const set = (field: MiddleField, name: string, value: number | undefined): void => {
    if (value === undefined) return;
    if (!thinks) written[name] = value;
    else if (value !== 1) losses.dropField(field);
  };
  set('temperature', 'temperature', request.temperature);
  set('topP', 'top_p', request.topP);
  return written;
}

/** Left out, the answer would go on where the client wants it to end: refused instead (edge case 19). */
function stopOf({ stop = [], fields }: MiddleRequest, { refusesStop }: ModelTraits): Written {
  if (stop.length === 0) return {};
  const at = fields.stop ?? 'stop';
  if (refusesStop) throw unsupported(at, 'is not taken by this model');
  if (stop.length > MOST_STOPS) throw unsupported(at, `has more than the ${MOST_STOPS} sequences that this model takes`);
  return { stop };
}

function verbosityOf({ verbosity }: MiddleRequest, { customTools }: ModelTraits, losses: Losses): Written {
  if (verbosity === undefined) return {};
  if (customTools) return { verbosity };
  losses.dropField('verbosity');
  return {};
}

/** Longer than OpenAI takes it, it becomes its digest: the same user stays the same, and no other becomes it (edge case 21). */
function userOf({ user, fields }: MiddleRequest, losses: Losses): Written {
  if (user === undefined) return {};
  const name = fields.user === 'safety_identifier' ? 'safety_identifier' : 'user';
  if (user.length <= LONGEST_USER) return { [name]: user };
  losses.dropField('user');
  return { [name]: hash('sha256', user, 'hex') };
}

/** OpenAI takes `metadata` in chat only of answers that it is to keep, and refuses the request otherwise. */
function labelsOf({ metadata, others }: MiddleRequest, losses: Losses): Written {
  if (metadata !== undefined && others.store === true) return { metadata };
  losses.dropField('metadata');
  return {};
}

function tierOf({ serviceTier }: MiddleRequest, losses: Losses): Written {
  if (serviceTier === undefined || serviceTier === 'auto') return {};
  const tier = Object.hasOwn(TIERS, serviceTier) ? TIERS[serviceTier] : undefined;
  if (tier) return { service_tier: tier };
  losses.dropField('serviceTier');
  return {};
}
