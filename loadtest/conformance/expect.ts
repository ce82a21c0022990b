/** What a feature demands; the first demand that is not met is the note of its cell. */
import { isDeepStrictEqual } from 'node:util';

export class CellFailure extends Error {}

/** What the feature asks for does not exist here; the message says why. */
export class NotApplicable extends Error {}

const LONGEST = 160;

export function ok(condition: boolean, what: string): asserts condition {
  if (!condition) throw new CellFailure(what);
}

export function equal(got: unknown, wanted: unknown, what: string): void {
  if (!isDeepStrictEqual(got, wanted)) throw new CellFailure(`${what}: ${shown(got)}, not ${shown(wanted)}`);
}

export function includes(text: string, part: string, what: string): void {
  if (!text.includes(part)) throw new CellFailure(`${what}: ${shown(text)} without ${shown(part)}`);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'absent';
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
