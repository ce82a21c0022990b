/** Fields that nobody has asked for are named as lost, but for values that say nothing. */
import type { Fields } from '../middle/fields.js';

export function noteRest(fields: Fields, lost: string[]): void {
  for (const [name, value] of fields.rest()) if (saysSomething(value)) lost.push(fields.at(name));
}

/** An answer that is sent back brings empty `annotations` and `logprobs`. */
export function saysSomething(value: unknown): boolean {
  return !(Array.isArray(value) && value.length === 0) && value !== '';
}
