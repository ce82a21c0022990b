/** The kinds of value that an option can have: how each is read, and how it is told to people and to editors. */
import { DURATION_PATTERN, formatDuration, formatSize, parseDuration, parseSize, SIZE_PATTERN } from './units.js';

/** How to read one value; `read` gives undefined for anything but an allowed value. */
export interface Kind<Value> {
  readonly read: (value: unknown) => Value | undefined;
  /** Completes "must be …"; says the allowed range. */
  readonly expects: string;
  readonly unit: string;
  readonly range: string;
  /** JSON Schema keywords for editors. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** Filled in from the environment, so a text even where a number is wanted. */
const REFERENCE = { type: 'string', pattern: '\\$\\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\\}' };
const NUMBER_TEXT = /^-?[0-9]{1,15}(\.[0-9]{1,6})?$/;

/** A number, or a text that `${ENV}` made of one. */
function readNumber(value: unknown): number | undefined {
  if (typeof value === 'string' && NUMBER_TEXT.test(value)) return Number(value);
  return typeof value === 'number' ? value : undefined;
}

function within(value: number | undefined, least: number, most: number): number | undefined {
  return value !== undefined && value >= least && value <= most ? value : undefined;
}

/** A whole number from `least` to `most`; `unit` says of what. */
export function wholeNumber(least: number, most: number, unit = 'count'): Kind<number> {
  return {
    read: (value) => {
      const number = within(readNumber(value), least, most);
      return Number.isInteger(number) ? number : undefined;
    },
    expects: `a whole number from ${least} to ${most}`,
    unit,
    range: `${least}–${most}`,
    json: { anyOf: [{ type: 'integer', minimum: least, maximum: most }, REFERENCE] },
  };
}

/** A number from `least` to `most`, fractions allowed. */
export function decimal(least: number, most: number, unit: string): Kind<number> {
  return {
    read: (value) => within(readNumber(value), least, most),
    expects: `a number from ${least} to ${most}`,
    unit,
    range: `${least}–${most}`,
    json: { anyOf: [{ type: 'number', minimum: least, maximum: most }, REFERENCE] },
  };
}

/** Milliseconds, written with a unit. */
export function duration(least: number, most: number): Kind<number> {
  const range = `${formatDuration(least)}–${formatDuration(most)}`;
  return {
    read: (value) => within(value === 0 ? 0 : typeof value === 'string' ? parseDuration(value) : undefined, least, most),
    expects: `a duration from ${formatDuration(least)} to ${formatDuration(most)}, such as 500ms, 2s, 30m or 1h`,
    unit: 'duration',
    range,
    json: { anyOf: [{ type: 'string', pattern: DURATION_PATTERN }, REFERENCE, ...(least === 0 ? [{ const: 0 }] : [])] },
  };
}

/** Bytes, written with a unit. */
export function size(least: number, most: number): Kind<number> {
  const range = `${formatSize(least)}–${formatSize(most)}`;
  return {
    read: (value) => within(value === 0 ? 0 : typeof value === 'string' ? parseSize(value) : undefined, least, most),
    expects: `a size from ${formatSize(least)} to ${formatSize(most)}, such as 16kb, 32mb or 1gb`,
    unit: 'size',
    range,
    json: { anyOf: [{ type: 'string', pattern: SIZE_PATTERN }, REFERENCE, ...(least === 0 ? [{ const: 0 }] : [])] },
  };
}

/** true or false. */
export const yesOrNo: Kind<boolean> = {
  read: (value) => (value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined),
  expects: 'true or false',
  unit: 'boolean',
  range: 'true, false',
  json: { anyOf: [{ type: 'boolean' }, REFERENCE] },
};

/** One of a few words. */
export function choice<const Word extends string>(...words: readonly Word[]): Kind<Word> {
  return {
    read: (value) => words.find((word) => word === value),
    expects: `one of ${words.join(', ')}`,
    unit: 'word',
    range: words.join(', '),
    json: { anyOf: [{ enum: words }, REFERENCE] },
  };
}

/** A text that `accepts` lets through. */
export function text(unit: string, expects: string, range: string, accepts: (value: string) => boolean): Kind<string> {
  return {
    read: (value) => (typeof value === 'string' && accepts(value) ? value : undefined),
    expects,
    unit,
    range,
    json: { type: 'string', minLength: 1 },
  };
}

const AUTO = 'auto';

/** `auto`, or how many. */
export function autoOr(number: Kind<number>): Kind<number | 'auto'> {
  return {
    read: (value) => (value === AUTO ? AUTO : number.read(value)),
    expects: `${AUTO} or ${number.expects}`,
    unit: number.unit,
    range: `${AUTO}, ${number.range}`,
    json: { anyOf: [{ const: AUTO }, ...(number.json.anyOf as unknown[])] },
  };
}
