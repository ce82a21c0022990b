/** `output_config.format` (and `output_format`, as it was called before). */
import { type Fields, isJsonObject, type JsonObject } from '../middle/fields.js';
import type { OutputFormat } from '../middle/request.js';

/** Anthropic's formats have no name; OpenAI's must have one. */
const NAME = 'answer';

export function readOutputFormat(format: Fields): OutputFormat {
  format.required(format.oneOf('type', ['json_schema']), 'type');
  const schema = format.required(format.object('schema'), 'schema');
  // Anthropic holds the model to the schema; OpenAI does so only for schemas that say everything.
  return { kind: 'schema', name: NAME, schema, ...(saysEverything(schema) && { strict: true }) };
}

/** What OpenAI's strict mode asks for: every object closed, every property required. */
function saysEverything(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(saysEverything);
  if (!isJsonObject(schema)) return true;
  return isClosed(schema) && Object.values(schema).every(saysEverything);
}

function isClosed(schema: JsonObject): boolean {
  if (schema.type !== 'object' || !isJsonObject(schema.properties)) return schema.type !== 'object';
  const required = Array.isArray(schema.required) ? schema.required : [];
  return schema.additionalProperties === false && Object.keys(schema.properties).every((name) => required.includes(name));
}
