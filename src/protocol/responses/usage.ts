/** The Responses API's `usage`: `input_tokens` includes the cached ones, `output_tokens` the reasoning. */
import type { Usage } from '../../usage.js';
import { isJsonObject } from '../middle/fields.js';

/** Usage from the object itself, undefined where it is null or not one. */
export function usageOf(value: unknown): Usage | undefined {
  if (!isJsonObject(value)) return undefined;
  const input = isJsonObject(value.input_tokens_details) ? value.input_tokens_details : {};
  const output = isJsonObject(value.output_tokens_details) ? value.output_tokens_details : {};
  return {
    input: count(value.input_tokens),
    cachedInput: count(input.cached_tokens),
    cacheWrite: count(input.cache_write_tokens),
    output: count(value.output_tokens),
    reasoning: count(output.reasoning_tokens),
  };
}

/** As the API writes it; what nobody counted is 0 (edge case 30), the total is added up here (edge case 29). */
export function usageObject(usage: Partial<Usage>): Record<string, unknown> {
  const { input = 0, cachedInput = 0, cacheWrite = 0, output = 0, reasoning = 0 } = usage;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cachedInput, ...(cacheWrite > 0 && { cache_write_tokens: cacheWrite }) },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
