/** A request's JSON, member by member: what is missing, unknown or of the wrong kind is a fault that names its place. */
import { RequestFault } from './fault.js';

export type JsonObject = Record<string, unknown>;

/** How a provider writes places, and whether `null` is the same as absent to it. */
export interface Manners {
  /** `messages.0.content` or `messages[0].content`. */
  places: 'dots' | 'brackets';
  nullIsAbsent: boolean;
}

export class Shape {
  readonly value: JsonObject;
  readonly path: string;
  private readonly manners: Manners;

  constructor(value: unknown, path: string, manners: Manners) {
    if (!isObject(value)) throw new RequestFault(path, `${path || 'body'}: expected an object`);
    this.value = value;
    this.path = path;
    this.manners = manners;
  }

  at(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  fail(name: string, why: string): never {
    const place = name === '' ? this.path : this.at(name);
    throw new RequestFault(place, `${place}: ${why}`);
  }

  /** No other members than these. */
  only(names: readonly string[]): void {
    const unknown = Object.keys(this.value).find((name) => !names.includes(name));
    if (unknown === undefined) return;
    const place = this.at(unknown);
    throw new RequestFault(place, `${place}: Extra inputs are not permitted (unknown parameter)`, { code: 'unknown_parameter' });
  }

  any(name: string): unknown {
    const value = this.value[name];
    if (value === null && !this.manners.nullIsAbsent) this.fail(name, 'must not be null');
    return value ?? undefined;
  }

  has(name: string): boolean {
    return this.any(name) !== undefined;
  }

  text(name: string): string | undefined {
    const value = this.any(name);
    if (value !== undefined && typeof value !== 'string') this.fail(name, 'expected a string');
    return value;
  }

  mustText(name: string): string {
    return this.text(name) ?? this.fail(name, 'Field required');
  }

  flag(name: string): boolean | undefined {
    const value = this.any(name);
    if (value !== undefined && typeof value !== 'boolean') this.fail(name, 'expected a boolean');
    return value;
  }

  number(name: string, least: number, most: number): number | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !(value >= least && value <= most)) this.fail(name, `must be from ${least} to ${most}`);
    return value;
  }

  whole(name: string, least: number): number | undefined {
    const value = this.number(name, least, Number.MAX_SAFE_INTEGER);
    if (value !== undefined && !Number.isInteger(value)) this.fail(name, 'must be a whole number');
    return value;
  }

  oneOf<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.text(name);
    if (value !== undefined && !(words as readonly string[]).includes(value))
      this.fail(name, `must be one of ${words.join(', ')}`);
    return value as Word | undefined;
  }

  matching(name: string, pattern: RegExp): string {
    const value = this.mustText(name);
    if (!pattern.test(value)) this.fail(name, `String should match pattern '${pattern.source}'`);
    return value;
  }

  list(name: string): unknown[] | undefined {
    const value = this.any(name);
    if (value !== undefined && !Array.isArray(value)) this.fail(name, 'expected a list');
    return value;
  }

  texts(name: string): string[] | undefined {
    const list = this.list(name);
    if (list?.some((one) => typeof one !== 'string')) this.fail(name, 'expected a list of strings');
    return list as string[] | undefined;
  }

  inner(name: string): Shape | undefined {
    const value = this.any(name);
    return value === undefined ? undefined : new Shape(value, this.at(name), this.manners);
  }

  mustInner(name: string): Shape {
    return this.inner(name) ?? this.fail(name, 'Field required');
  }

  inners(name: string): Shape[] | undefined {
    return this.list(name)?.map((value, index) => new Shape(value, this.place(name, index), this.manners));
  }

  place(name: string, index: number): string {
    return this.manners.places === 'dots' ? `${this.at(name)}.${index}` : `${this.at(name)}[${index}]`;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
