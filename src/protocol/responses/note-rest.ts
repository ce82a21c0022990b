/** Fields that nobody has asked for are named as lost, but for values that say nothing. */
import type { Fields } from '../middle/fields.js';
import { isEmpty } from '../openai/leftovers.js';

export function noteRest(fields: Fields, lost: string[]): void {
  for (const [name, value] of fields.rest()) if (!isEmpty(value)) lost.push(fields.at(name));
}
