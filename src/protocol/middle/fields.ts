/** Reading a client's JSON member by member: each value checked, each fault a 400 that names the path as the client wrote it. */
import { GatewayError } from '../../errors.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** An object of the client's request and where it stands; `null` counts as absent. */
export class Fields {
  readonly value: JsonObject;
  /** `messages[2].content[0]`, '' at the top. */
  readonly path: string;
  readonly #read = new Set<string>();

  constructor(value: unknown, path: string) {
    if (!isJsonObject(value)) throw invalid(path, 'must be an object');
    this.value = value;
    this.path = path;
  }

  at(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  has(name: string): boolean {
    return this.any(name) !== undefined;
  }

  /** The value as it is; undefined for null. */
  any(name: string): unknown {
    this.#read.add(name);
    return Object.hasOwn(this.value, name) ? (this.value[name] ?? undefined) : undefined;
  }

  text(name: string): string | undefined {
    return this.#typed(name, 'a string', isText);
  }

  number(name: string): number | undefined {
    return this.#typed(name, 'a number', isNumber);
  }

  /** A whole number of 0 or more. */
  count(name: string): number | undefined {
    return this.#typed(name, 'a whole number', isCount);
  }

  flag(name: string): boolean | undefined {
    return this.#typed(name, 'a boolean', isFlag);
  }

  object(name: string): JsonObject | undefined {
    return this.#typed(name, 'an object', isJsonObject);
  }

  inner(name: string): Fields | undefined {
    const value = this.object(name);
    return value && new Fields(value, this.at(name));
  }

  list(name: string): readonly unknown[] | undefined {
    return this.#typed(name, 'a list', isList);
  }

  /** The objects of a list. */
  inners(name: string): Fields[] {
    return (this.list(name) ?? []).map((value, index) => new Fields(value, `${this.at(name)}[${index}]`));
  }

  required<T>(value: T | undefined, name: string): T {
    if (value === undefined) throw invalid(this.at(name), 'is missing');
    return value;
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined || (values as readonly string[]).includes(value)) return value as T | undefined;
    throw invalid(this.at(name), `must be one of ${values.map((each) => `'${each}'`).join(', ')}`);
  }

  /** Members that nobody has asked for, and that are not null. */
  rest(): [name: string, value: unknown][] {
    return Object.entries(this.value).filter(([name, value]) => !this.#read.has(name) && value !== null && value !== undefined);
  }

  #typed<T>(name: string, what: string, is: (value: unknown) => value is T): T | undefined {
    const value = this.any(name);
    if (value === undefined || is(value)) return value;
    throw invalid(this.at(name), `must be ${what}`);
  }
}

/** 400: the field is wrong in itself. */
export function invalid(path: string, why: string): GatewayError {
  return new GatewayError('invalid_request', `'${path}' ${why}.`, { param: path });
}

/** 400: the field is right, and the model that serves this request cannot do it. */
export function unsupported(path: string, why: string): GatewayError {
  return new GatewayError('unsupported_value', `'${path}' ${why}.`, { param: path });
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}
