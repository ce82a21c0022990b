/** Members that the reader of a chat request has no use for: left out by name, or kept silent where they say nothing. */
import { type Fields, isJsonObject, isList } from '../middle/fields.js';

export class Leftovers {
  /** In the client's own words. */
  readonly paths: string[] = [];

  /** Everything in this object that nobody has asked for. */
  of(fields: Fields): void {
    for (const [name, value] of fields.rest()) if (!isEmpty(value)) this.paths.push(fields.at(name));
  }

  add(path: string): void {
    this.paths.push(path);
  }
}

/** SDKs replay answers as they came: `annotations: []`, `refusal: ''`. */
export function isEmpty(value: unknown): boolean {
  if (value === '' || value === null || value === undefined) return true;
  if (isList(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}
