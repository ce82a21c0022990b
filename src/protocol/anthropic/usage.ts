/**
 * Anthropic's `usage`: `input_tokens` leaves out what was read from or written to the cache, and every number counts from
 * the answer's start, so that a later one replaces an earlier one (edge cases 28, 29, 36).
 */
import type { Usage } from '../../usage.js';
import { isJsonObject, type JsonObject } from '../middle/fields.js';

/** Usage from the object itself, undefined where it is null or none. */
export function usageOf(value: unknown): Usage | undefined {
  const tally = new UsageTally();
  tally.add(value);
  return tally.usage;
}

/** Puts together what `message_start` and each `message_delta` say of it: the last number that is one counts. */
export class UsageTally {
  #seen = false;
  #fresh = 0;
  #cacheRead = 0;
  #cacheWrite = 0;
  #output = 0;
  #reasoning = 0;

  /** True: there was something in it. */
  add(value: unknown): boolean {
    if (!isJsonObject(value)) return false;
    this.#seen = true;
    this.#fresh = count(value.input_tokens, this.#fresh);
    this.#cacheRead = count(value.cache_read_input_tokens, this.#cacheRead);
    this.#cacheWrite = count(value.cache_creation_input_tokens, this.#cacheWrite);
    this.#output = count(value.output_tokens, this.#output);
    const details = value.output_tokens_details;
    if (isJsonObject(details)) this.#reasoning = count(details.thinking_tokens, this.#reasoning);
    return true;
  }

  get usage(): Usage | undefined {
    if (!this.#seen) return undefined;
    return {
      input: this.#fresh + this.#cacheRead + this.#cacheWrite,
      cachedInput: this.#cacheRead,
      cacheWrite: this.#cacheWrite,
      output: this.#output,
      reasoning: this.#reasoning,
    };
  }
}

/** As `usage` of a whole answer and of `message_start`. */
export function writeUsage({
  input = 0,
  cachedInput = 0,
  cacheWrite = 0,
  output = 0,
  reasoning = 0,
}: Partial<Usage>): JsonObject {
  return {
    input_tokens: Math.max(0, input - cachedInput - cacheWrite),
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cachedInput,
    output_tokens: output,
    ...(reasoning > 0 && { output_tokens_details: { thinking_tokens: reasoning } }),
  };
}

function count(value: unknown, before: number): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : before;
}
