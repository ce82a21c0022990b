/** What a row of a users' file may say, and whether it says it well. Pure. */
import type { UserRow } from '../engine/user-row.js';

/** Columns of a CSV file, members of a JSON object. */
export const USER_FIELDS = ['key', 'session', 'model', 'system', 'prompt', 'weight'] as const;
type Field = (typeof USER_FIELDS)[number];

const HEAVIEST = 1_000_000;
/** Headers carry these: what is not visible ASCII would be another header, or none. */
const OF_HEADERS: readonly Field[] = ['key', 'session'];
const HEADER_VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
const LONGEST_HEADER = 1024;
const LONGEST_TEXT = 1024 * 1024;

export function isUserField(name: string): name is Field {
  return (USER_FIELDS as readonly string[]).includes(name);
}

/** A row, or what is wrong with it. An empty field is an absent one. */
export function checkUser(values: Readonly<Record<string, unknown>>): { row: UserRow } | { faults: string[] } {
  const faults: string[] = [];
  const row: UserRow = { weight: 1 };
  for (const [name, value] of Object.entries(values)) {
    const fault = isUserField(name)
      ? take(row, name, value)
      : `unknown field '${name.slice(0, 40)}'; known: ${USER_FIELDS.join(', ')}`;
    if (fault) faults.push(fault);
  }
  return faults.length > 0 ? { faults } : { row };
}

function take(row: UserRow, name: Field, value: unknown): string | undefined {
  if (value === '' || value === null) return undefined;
  if (name === 'weight') return takeWeight(row, value);
  if (typeof value !== 'string') return `${name} must be text`;
  if (OF_HEADERS.includes(name) && (value.length > LONGEST_HEADER || !HEADER_VALUE.test(value)))
    return `${name} must be at most ${LONGEST_HEADER} visible ASCII characters, as it goes into a header`;
  if (value.length > LONGEST_TEXT) return `${name} is longer than ${LONGEST_TEXT} characters`;
  row[name] = value;
  return undefined;
}

function takeWeight(row: UserRow, value: unknown): string | undefined {
  const weight = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof weight !== 'number' || !(weight > 0 && weight <= HEAVIEST))
    return `weight must be a number above 0, at most ${HEAVIEST}`;
  row.weight = weight;
  return undefined;
}
