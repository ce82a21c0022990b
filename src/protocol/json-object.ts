/** Reading JSON that somebody else wrote, where a fault is no surprise. */
import { isJsonObject, type JsonObject } from './middle/fields.js';

/** The JSON object in `text`, undefined for anything else. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The object at `name`, an empty one where it is none. */
export function objectAt(value: JsonObject, name: string): JsonObject {
  const inner = value[name];
  return isJsonObject(inner) ? inner : NOTHING;
}

/** The text at `name`, '' where it is none. */
export function textAt(value: JsonObject, name: string): string {
  const inner = value[name];
  return typeof inner === 'string' ? inner : '';
}

const NOTHING: JsonObject = {};
