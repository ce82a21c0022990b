/** The credentials of an upstream: listed, read from a key file, or made up for load runs; all three become one list. */
import type { CredentialConfig } from '../config.js';
import { type Entry, entriesOf, type Fields, fieldsOf, textOf } from './draft.js';
import type { FaultList } from './fault.js';
import { isKey, isName, KEY_EXPECTED, NAME_EXPECTED } from './texts.js';

/** A credential with the place that it came from, for messages. */
export interface SourcedCredential extends CredentialConfig {
  readonly path: string;
}

/** The text of a key file, or a line that says why there is none. */
export type KeyFileReader = (file: string) => { readonly text: string } | { readonly fault: string };

const DEFAULT_PREFIX = 'sk-load-';
const MOST_GENERATED = 10_000;
const ID_DIGITS = 4;

/** Reads the credentials of upstreams, noting what is wrong with each. */
export class CredentialReader {
  readonly #readKeyFile: KeyFileReader;
  readonly #faults: FaultList;

  constructor(readKeyFile: KeyFileReader, faults: FaultList) {
    this.#readKeyFile = readKeyFile;
    this.#faults = faults;
  }

  /** Every credential of one upstream, in turn order. */
  read(upstream: Entry): readonly SourcedCredential[] {
    const path = `${upstream.path}.credentials`;
    const written = upstream.fields.credentials;
    if (written === undefined) return [];
    const entries = Array.isArray(written) ? entriesOf(written, path) : [{ path, fields: fieldsOf(written) }];
    const before = this.#faults.all.length;
    const found = entries.flatMap((entry) => this.#readEntry(entry));
    if (found.length === 0 && this.#faults.all.length === before)
      this.#faults.add(path, 'holds no credential: at least one is needed');
    return found;
  }

  #readEntry({ path, fields }: Entry): readonly SourcedCredential[] {
    const kinds = ['key', 'file', 'generate'].filter((kind) => fields[kind] !== undefined);
    if (kinds.length !== 1) {
      this.#faults.add(path, 'must have exactly one of key, file and generate');
      return [];
    }
    const allowed = {
      key: ['id', 'key', 'weight', 'concurrency'],
      file: ['file', 'concurrency'],
      generate: ['generate', 'prefix', 'concurrency'],
    }[kinds[0] as 'key'];
    for (const name of ['id', 'weight', 'concurrency', 'prefix']) {
      if (fields[name] !== undefined && !allowed.includes(name))
        this.#faults.add(`${path}.${name}`, `does not go with ${kinds[0]}`);
    }
    return this.#entry(kinds[0], path, fields).map((credential) => withCap(credential, fields.concurrency));
  }

  #entry(kind: string | undefined, path: string, fields: Fields): readonly SourcedCredential[] {
    if (kind === 'file') return this.#fromFile(path, textOf(fields, 'file'));
    return kind === 'generate' ? generated(path, fields) : this.#listed(path, fields);
  }

  #listed(path: string, fields: Fields): readonly SourcedCredential[] {
    if (fields.id === undefined) this.#faults.add(`${path}.id`, `is missing: must be ${NAME_EXPECTED}`);
    const id = textOf(fields, 'id') ?? '';
    // A wrong weight is the schema's finding; here it only must not hide the rest.
    const weight = fields.weight === undefined ? 1 : Number(fields.weight);
    return [{ id, key: textOf(fields, 'key') ?? '', weight, path }];
  }

  #fromFile(path: string, file: string | undefined): readonly SourcedCredential[] {
    if (file === undefined) return [];
    const result = this.#readKeyFile(file);
    if ('fault' in result) {
      this.#faults.add(`${path}.file`, result.fault);
      return [];
    }
    const credentials = result.text
      .split(/\r?\n/)
      .flatMap((line, index) => this.#fromLine(line.trim(), `${path}.file (line ${index + 1})`));
    return credentials.map((credential, index) => ({ ...credential, id: credential.id || `file-${numbered(index)}` }));
  }

  /** `key`, or `id key`, or `id key weight`. */
  #fromLine(line: string, path: string): readonly SourcedCredential[] {
    if (line === '' || line.startsWith('#')) return [];
    const words = line.split(/[ \t]+/);
    const [id, key, weight] = words.length === 1 ? ['', words[0] ?? '', '1'] : [words[0] ?? '', words[1] ?? '', words[2] ?? '1'];
    if (words.length > 3) this.#faults.add(path, 'must be a key, or "id key", or "id key weight"');
    else if (id !== '' && !isName(id)) this.#faults.add(path, `has a wrong id: must be ${NAME_EXPECTED}`);
    else if (!isKey(key)) this.#faults.add(path, `has a wrong key: must be ${KEY_EXPECTED}`);
    else if (!/^([1-9][0-9]?|100)$/.test(weight))
      this.#faults.add(path, 'has a wrong weight: must be a whole number from 1 to 100');
    return [{ id, key, weight: Number(weight), path }];
  }
}

/** A wrong cap is the schema's finding. */
function withCap(credential: SourcedCredential, written: unknown): SourcedCredential {
  return written === undefined ? credential : { ...credential, concurrency: Number(written) };
}

function generated(path: string, fields: Fields): readonly SourcedCredential[] {
  const count = Number(fields.generate);
  if (!Number.isInteger(count) || count < 1 || count > MOST_GENERATED) return [];
  const prefix = textOf(fields, 'prefix') ?? DEFAULT_PREFIX;
  return Array.from({ length: count }, (_, index) => ({
    id: `g${numbered(index)}`,
    key: `${prefix}${numbered(index)}`,
    weight: 1,
    path,
  }));
}

/** From 0001, so that names sort as they count. */
function numbered(index: number): string {
  return String(index + 1).padStart(ID_DIGITS, '0');
}
