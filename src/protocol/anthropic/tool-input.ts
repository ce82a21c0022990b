/** Tool input is a JSON text at OpenAI and an object at Anthropic (edge case 5). */
import { parseObject } from '../json-object.js';
import type { JsonObject } from '../middle/fields.js';

/** Where a model's words stand that are no JSON object, so that the turn is not lost for them. */
const NOT_JSON = 'raw_input';

/** '' is no input; text that is no object stays readable for the model that wrote it. */
export function inputObject(text: string): JsonObject {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed === 'null') return {};
  return parseObject(trimmed) ?? { [NOT_JSON]: text };
}

/** JSON text of an input for the middle form, '' for an empty one: writers know what they call that. */
export function inputText(input: unknown): string {
  const text = JSON.stringify(input ?? {});
  return text === '{}' ? '' : text;
}
