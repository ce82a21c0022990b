/** The Responses API's `usage`: `input_tokens` includes the cached ones, `output_tokens` the reasoning. */
import type { Usage } from '../../usage.js';
import { parseObject } from '../json-object.js';
import { scanObject } from '../json-scan.js';
import { isJsonObject } from '../middle/fields.js';

const WANTED = new Set(['usage']);
const WHERE_KEPT = new Set(['id', 'store']);

/** Usage of a whole JSON answer as latin1 text; only that member is parsed. */
export function readUsage(body: string): Usage | undefined {
  const scan = scanObject(body, WANTED);
  const span = scan.ok ? scan.members.get('usage') : undefined;
  return span && usageOf(parseObject(body.slice(span.start, span.end)));
}

/** The id by which a whole answer can be gone on from; undefined for one that is not kept. */
export function readKeptAs(body: string): string | undefined {
  const scan = scanObject(body, WHERE_KEPT);
  const id = scan.ok ? scan.members.get('id') : undefined;
  const store = scan.ok ? scan.members.get('store') : undefined;
  if (!id || (store && body.slice(store.start, store.end) === 'false')) return undefined;
  const value = parseObject(`{"id":${body.slice(id.start, id.end)}}`)?.id;
  return typeof value === 'string' ? value : undefined;
}

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
