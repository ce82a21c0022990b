/** OpenAI's `usage` object (chat completions and embeddings): `prompt_tokens` includes the cached ones. */
import type { Usage } from '../../usage.js';
import { isJsonObject } from '../middle/fields.js';

/** Usage from the object itself, undefined where it is null or not one. */
export function usageOf(value: unknown): Usage | undefined {
  if (!isJsonObject(value)) return undefined;
  const prompt = isJsonObject(value.prompt_tokens_details) ? value.prompt_tokens_details : {};
  const completion = isJsonObject(value.completion_tokens_details) ? value.completion_tokens_details : {};
  return {
    input: count(value.prompt_tokens),
    cachedInput: count(prompt.cached_tokens),
    cacheWrite: count(prompt.cache_write_tokens),
    output: count(value.completion_tokens),
    reasoning: count(completion.reasoning_tokens),
  };
}

/** The object that a client reads; what is not known counts as nothing, the total is made here (edge cases 28 and 29). */
export function writeUsage({ input = 0, cachedInput = 0, cacheWrite = 0, output = 0, reasoning = 0 }: Partial<Usage>): object {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cachedInput, ...(cacheWrite > 0 && { cache_write_tokens: cacheWrite }) },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
