/** `output_config.format` (edge case 22). */
import { isJsonObject, type JsonObject, unsupported } from '../middle/fields.js';
import { outputSchema } from './output-schema.js';
import type { WritingState } from './writing-state.js';

export function writeOutputFormat({ request, facts, losses }: WritingState): { format?: JsonObject } {
  const { outputFormat, fields } = request;
  if (!outputFormat) return {};
  if (outputFormat.kind === 'json') {
    // JSON without a schema is a habit of the prompt here: clients that ask for it must ask for it in words, too.
    losses.dropField('outputFormat');
    return {};
  }
  if (!facts.structuredOutput)
    throw unsupported(
      fields.outputFormat ?? 'response_format',
      'asks for a schema that the model that serves this request cannot keep to',
    );
  const { schema, changed } = outputSchema(outputFormat.schema);
  if (changed) losses.dropField('outputFormat');
  return { format: { type: 'json_schema', schema: isJsonObject(schema) ? schema : {} } };
}
