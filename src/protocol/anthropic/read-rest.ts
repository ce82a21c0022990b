import type { Fields } from '../middle/fields.js';

/** Members that nobody has read are left out, by name. */
export function noteRest(fields: Fields, lost: string[]): void {
  for (const [name] of fields.rest()) lost.push(fields.at(name));
}
