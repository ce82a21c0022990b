/** Checks made from figures. What was not measured (undefined, NaN, an infinity out of nothing) never passes. */
import type { Check } from '../check.js';
import { inWords } from './words.js';

/** `value <= limit`. */
export function atMost(what: string, value: number | undefined, limit: number, unit = '', hint?: string): Check {
  return compared(what, value, '<=', limit, unit, hint);
}

/** `value >= limit`. */
export function atLeast(what: string, value: number | undefined, limit: number, unit = '', hint?: string): Check {
  return compared(what, value, '>=', limit, unit, hint);
}

/** `value == wanted`, for counts. */
export function exactly(what: string, value: number | undefined, wanted: number, unit = '', hint?: string): Check {
  return compared(what, value, '==', wanted, unit, hint);
}

/** Something that holds or not; `actual` is what was found. */
export function holds(promise: string, ok: boolean, actual: string, hint?: string): Check {
  return { promise, ok, actual, ...(hint !== undefined && { hint }) };
}

export const OPERATORS = ['<=', '>=', '==', '<', '>'] as const;
export type Operator = (typeof OPERATORS)[number];

/** Any of the above by its operator. */
export function compared(
  what: string,
  value: number | undefined,
  operator: Operator,
  limit: number,
  unit = '',
  hint?: string,
): Check {
  const measured = value ?? Number.NaN;
  return holds(`${what} ${operator} ${inWords(limit, unit)}`, keeps(measured, operator, limit), inWords(measured, unit), hint);
}

function keeps(value: number, operator: Operator, limit: number): boolean {
  if (!Number.isFinite(value)) return false;
  switch (operator) {
    case '<=':
      return value <= limit;
    case '>=':
      return value >= limit;
    case '==':
      return value === limit;
    case '<':
      return value < limit;
    case '>':
      return value > limit;
  }
}
