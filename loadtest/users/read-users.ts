/** Users' files: `.csv` with a header line, or `.json` with an array of objects; the fields are those of user-fields.ts. */
import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { UserRow } from '../engine/user-row.js';
import { CsvFault, parseCsv } from './csv.js';
import { lineOfFault, parseJsonRecords } from './json-records.js';
import { checkUser, isUserField, USER_FIELDS } from './user-fields.js';

const LARGEST_FILE = 64 * 1024 * 1024;
const MOST_ROWS = 100_000;
const SHOWN_FAULTS = 10;

/** A users' file that cannot be used: each fault on a line of its own, `users.csv:3: …`. It never quotes a key. */
export class UsersFileError extends Error {}

interface Raw {
  line: number;
  values: Readonly<Record<string, unknown>>;
}

/** The rows of a file. Throws UsersFileError. */
export async function readUsers(file: string): Promise<UserRow[]> {
  const fail = (line: number, fault: string): never => {
    throw new UsersFileError(`${file}:${line}: ${fault}`);
  };
  const size = await stat(file).then(
    ({ size }) => size,
    (error: NodeJS.ErrnoException) => fail(1, `cannot be read (${error.code})`),
  );
  if (size > LARGEST_FILE) fail(1, `larger than ${LARGEST_FILE / 1024 / 1024} MB`);
  const raws = parse(file, await readFile(file, 'utf8'), fail);
  if (raws.length === 0) fail(1, 'no users in it');
  if (raws.length > MOST_ROWS) fail(raws[MOST_ROWS]?.line ?? 1, `more than ${MOST_ROWS} users`);
  return checkAll(file, raws);
}

function checkAll(file: string, raws: readonly Raw[]): UserRow[] {
  const rows: UserRow[] = [];
  const faults: string[] = [];
  for (const { line, values } of raws) {
    const checked = checkUser(values);
    if ('row' in checked) rows.push(checked.row);
    else faults.push(...checked.faults.map((fault) => `${file}:${line}: ${fault}`));
  }
  if (faults.length === 0) return rows;
  const more = faults.length > SHOWN_FAULTS ? [`… and ${faults.length - SHOWN_FAULTS} more`] : [];
  throw new UsersFileError([...faults.slice(0, SHOWN_FAULTS), ...more].join('\n'));
}

function parse(file: string, text: string, fail: (line: number, fault: string) => never): Raw[] {
  const kind = extname(file).toLowerCase();
  if (kind === '.json') return ofJson(text, fail);
  return kind === '.csv' ? ofCsv(text, fail) : fail(1, 'a file that ends in .csv or .json is wanted');
}

function ofJson(text: string, fail: (line: number, fault: string) => never): Raw[] {
  try {
    return parseJsonRecords(text).map(({ line, value }) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? { line, values: value as Record<string, unknown> }
        : fail(line, 'an object is wanted for each user'),
    );
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const isShape = error.message.startsWith('an array');
    // The parser's own words quote what it found, which may be a piece of a key.
    return isShape ? fail(1, error.message) : fail(lineOfFault(text), 'not valid JSON from here on');
  }
}

function ofCsv(text: string, fail: (line: number, fault: string) => never): Raw[] {
  try {
    const [header, ...records] = parseCsv(text);
    if (!header) return [];
    const names = header.fields.map((field) => field.trim());
    const strange = names.find((name) => !isUserField(name));
    if (strange !== undefined)
      return fail(header.line, `unknown column '${strange.slice(0, 40)}'; known: ${USER_FIELDS.join(', ')}`);
    if (new Set(names).size < names.length) return fail(header.line, 'a column stands twice');
    return records.map(({ line, fields }) =>
      fields.length === names.length
        ? { line, values: Object.fromEntries(names.map((name, index) => [name, fields[index]])) }
        : fail(line, `${fields.length} fields, but the header has ${names.length}`),
    );
  } catch (error) {
    if (error instanceof CsvFault) return fail(error.line, error.message);
    throw error;
  }
}
