/** A tool's JSON Schema as OpenAI takes it: an object at the root, with properties, and no union there (edge case 4). */
import { isJsonObject, isList, type JsonObject } from '../middle/fields.js';

const UNIONS = ['anyOf', 'oneOf', 'allOf'] as const;

export interface WrittenSchema {
  readonly schema: JsonObject;
  /** It says all that the client's said. */
  readonly exact: boolean;
}

export function writeSchema(schema: JsonObject = {}): WrittenSchema {
  const unions = UNIONS.filter((name) => isList(schema[name]));
  if (unions.length === 0) return { schema: { type: 'object', properties: {}, ...schema }, exact: true };
  return { schema: unions.reduce(withoutUnion, { type: 'object', properties: {}, ...schema }), exact: false };
}

/** All properties of all branches; required is what each branch requires (of `allOf`: any). Looser, never stricter. */
function withoutUnion(schema: JsonObject, name: (typeof UNIONS)[number]): JsonObject {
  const { [name]: union, ...rest } = schema;
  const branches = isList(union) ? union.filter(isJsonObject) : [];
  const properties = Object.assign({}, ...branches.map((branch) => branch.properties), rest.properties) as JsonObject;
  const needs = branches.map((branch) => (isList(branch.required) ? branch.required : []));
  const shared = name === 'allOf' ? needs.flat() : (needs[0] ?? []).filter((each) => needs.every((need) => need.includes(each)));
  const required = [...new Set([...(isList(rest.required) ? rest.required : []), ...shared])];
  return { ...rest, type: 'object', properties, ...(required.length > 0 && { required }) };
}
