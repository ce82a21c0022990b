/**
 * A schema for structured output as Anthropic takes it: every object closed, constraints that it refuses told in the
 * description instead, as Anthropic's own SDK does (`lib/transform-json-schema`; "Structured outputs", limitations).
 */
import { isJsonObject, isList, type JsonObject } from '../middle/fields.js';

/** What neither structured output nor strict tools know. */
export const REFUSED_CONSTRAINTS = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'patternProperties',
  'propertyNames',
  'not',
  'if',
] as const;
const TOLD: ReadonlySet<string> = new Set([...REFUSED_CONSTRAINTS, 'then', 'else']);
const FORMATS: ReadonlySet<unknown> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
]);
/** Members whose values are schemas by name. */
const BY_NAME = new Set(['properties', '$defs', 'definitions']);
/** Members whose values are no schemas. */
const PLAIN = new Set(['enum', 'const', 'default', 'examples', 'required']);

export interface OutputSchema {
  readonly schema: unknown;
  /** The model is held to less than what the client wrote. */
  readonly changed: boolean;
}

export function outputSchema(schema: unknown): OutputSchema {
  const writer = new SchemaWriter();
  const written = writer.write(schema);
  return { schema: written, changed: writer.changed };
}

class SchemaWriter {
  changed = false;

  write(schema: unknown): unknown {
    if (isList(schema)) return schema.map((each) => this.write(each));
    if (!isJsonObject(schema)) return schema;
    const told: string[] = [];
    const members = Object.entries(schema).flatMap(([name, value]) => this.#member(name, value, told));
    const written: Record<string, unknown> = Object.fromEntries(members);
    if (isObjectSchema(schema)) this.#closeObject(schema, written);
    if (told.length > 0) this.#tell(schema, written, told);
    return written;
  }

  #member(name: string, value: unknown, told: string[]): [string, unknown][] {
    if (TOLD.has(name) || (name === 'format' && !FORMATS.has(value)) || (name === 'minItems' && value !== 0 && value !== 1)) {
      told.push(`${name}: ${JSON.stringify(value)}`);
      return [];
    }
    if (PLAIN.has(name)) return [[name, value]];
    if (BY_NAME.has(name) && isJsonObject(value))
      return [[name, Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.write(inner)]))]];
    return [[name === 'oneOf' ? 'anyOf' : name, this.write(value)]];
  }

  /** An object that may hold what it likes cannot be had; one that says nothing of it is closed without a loss. */
  #closeObject(schema: JsonObject, written: Record<string, unknown>): void {
    const { additionalProperties } = schema;
    if (additionalProperties !== undefined && additionalProperties !== false) this.changed = true;
    written.additionalProperties = false;
  }

  #tell(schema: JsonObject, written: Record<string, unknown>, told: readonly string[]): void {
    this.changed = true;
    const before = typeof schema.description === 'string' ? `${schema.description}\n` : '';
    written.description = `${before}(${told.join(', ')})`;
  }
}

function isObjectSchema(schema: JsonObject): boolean {
  return schema.type === 'object' || isJsonObject(schema.properties);
}
