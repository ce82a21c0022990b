/** Durations and sizes as people write them, to and from milliseconds and bytes. */

const DURATION_UNITS = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

const SIZE_UNITS = [
  ['gb', 1024 ** 3],
  ['mb', 1024 ** 2],
  ['kb', 1024],
  ['b', 1],
] as const;

/** ECMAScript patterns, published in the JSON Schema as well. */
export const DURATION_PATTERN = '^(0|[0-9]{1,12}(ms|s|m|h))$';
export const SIZE_PATTERN = '^(0|[0-9]{1,12}([kKmMgG]?[bB]))$';

type Units = readonly (readonly [string, number])[];

function parse(text: string, pattern: string, units: Units): number | undefined {
  if (!new RegExp(pattern).test(text)) return undefined;
  const digits = /^[0-9]+/.exec(text)?.[0] ?? '';
  const unit = text.slice(digits.length).toLowerCase();
  const factor = unit === '' ? 1 : units.find(([name]) => name === unit)?.[1];
  return factor === undefined ? undefined : Number(digits) * factor;
}

function format(value: number, units: Units): string {
  if (value === 0) return '0';
  const [unit, factor] = units.find(([, size]) => value % size === 0) ?? ['', 1];
  return `${value / factor}${unit}`;
}

/** `500ms`, `2s`, `30m`, `1h` or `0` in milliseconds; undefined if it is none of these. */
export function parseDuration(text: string): number | undefined {
  return parse(text, DURATION_PATTERN, DURATION_UNITS);
}

/** Whole milliseconds in the largest unit that is exact. */
export function formatDuration(milliseconds: number): string {
  return format(milliseconds, DURATION_UNITS);
}

/** `512b`, `16kb`, `32mb`, `1gb` or `0` in bytes (1 kb = 1024); undefined if it is none of these. */
export function parseSize(text: string): number | undefined {
  return parse(text, SIZE_PATTERN, SIZE_UNITS);
}

/** Whole bytes in the largest unit that is exact. */
export function formatSize(bytes: number): string {
  return format(bytes, SIZE_UNITS);
}
