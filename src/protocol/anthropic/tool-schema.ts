/** A tool's `input_schema`: the root is an object always, and no union (edge case 4). */
import { isJsonObject, isList, type JsonObject } from '../middle/fields.js';
import { REFUSED_CONSTRAINTS } from './output-schema.js';

const UNIONS = ['anyOf', 'oneOf', 'allOf'] as const;

export interface ToolSchema {
  readonly schema: JsonObject;
  /** It says less than what the client wrote. */
  readonly changed: boolean;
}

/** Absent: takes nothing. */
export function toolSchema(schema: JsonObject | undefined): ToolSchema {
  if (!schema) return { schema: { type: 'object', properties: {} }, changed: false };
  const union = UNIONS.find((name) => isList(schema[name]));
  if (union) return { schema: merged(schema, union), changed: true };
  if (schema.type === 'object') return { schema, changed: false };
  const { type, ...rest } = schema;
  return { schema: { type: 'object', ...rest }, changed: type !== undefined };
}

/** The alternatives' properties side by side; required stays what all of them require. */
function merged(schema: JsonObject, union: (typeof UNIONS)[number]): JsonObject {
  const { type: _type, properties, required, [union]: alternatives, ...rest } = schema;
  const inner = (isList(alternatives) ? alternatives : []).map((each) => resolved(schema, each)).filter(isJsonObject);
  const lists = inner.map((each) => textsOf(each.required));
  const shared = union === 'allOf' ? lists.flat() : (lists[0] ?? []).filter((name) => lists.every((list) => list.includes(name)));
  const needed = [...new Set([...textsOf(required), ...shared])];
  return {
    type: 'object',
    properties: Object.assign({}, ...inner.map(propertiesOf).reverse(), propertiesOf({ properties })) as JsonObject,
    ...(needed.length > 0 && { required: needed }),
    ...rest,
  };
}

/** A reference into the schema's own definitions, followed once. */
function resolved(schema: JsonObject, alternative: unknown): unknown {
  const reference = isJsonObject(alternative) ? alternative.$ref : undefined;
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return alternative;
  return reference
    .slice(2)
    .split('/')
    .reduce<unknown>((at, name) => (isJsonObject(at) && Object.hasOwn(at, name) ? at[name] : undefined), schema);
}

function propertiesOf({ properties }: JsonObject): JsonObject {
  return isJsonObject(properties) ? properties : {};
}

function textsOf(value: unknown): string[] {
  return isList(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** Constraints that Anthropic's strict mode does not know and refuses ("Structured outputs", JSON Schema limitations). */
const UNKNOWN_IN_STRICT = new Set<string>([...REFUSED_CONSTRAINTS, 'oneOf']);

/** Whether strict mode takes the schema as it is: every object closed, nothing that it does not know. */
export function isClosedSchema(schema: unknown): boolean {
  if (schema === undefined) return false;
  if (isList(schema)) return schema.every(isClosedSchema);
  if (!isJsonObject(schema)) return true;
  if (schema.type === 'object' && schema.additionalProperties !== false) return false;
  return Object.entries(schema).every(([name, value]) => isClosedMember(name, value));
}

function isClosedMember(name: string, value: unknown): boolean {
  if (name === 'enum' || name === 'const' || name === 'default' || name === 'examples') return true;
  if (name === 'properties' || name === '$defs' || name === 'definitions')
    return isJsonObject(value) && Object.values(value).every(isClosedSchema);
  return !UNKNOWN_IN_STRICT.has(name) && isClosedSchema(value);
}
