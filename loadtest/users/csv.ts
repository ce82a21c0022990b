/** RFC 4180, with LF line ends too: text → records with the line on which each begins. Pure. */

export interface CsvRecord {
  line: number;
  fields: string[];
}

/** Where reading cannot go on. */
export class CsvFault extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** Blank lines are passed over. Throws CsvFault. */
export function parseCsv(text: string): CsvRecord[] {
  const reader = new Reader(text.replace(/^\uFEFF/, ''));
  const records: CsvRecord[] = [];
  while (!reader.isAtEnd) {
    const record = reader.record();
    if (record.fields.length > 1 || record.fields[0] !== '') records.push(record);
  }
  return records;
}

/** Up to what ends a field without quotes; from where the reader is, so that a large file is read once. */
const PLAIN = /[^,\r\n"]*/y;

class Reader {
  readonly #text: string;
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  record(): CsvRecord {
    const record: CsvRecord = { line: this.#line, fields: [] };
    for (;;) {
      record.fields.push(this.#text[this.#at] === '"' ? this.#quoted() : this.#plain());
      const next = this.#text[this.#at];
      if (next !== ',') break;
      this.#at++;
    }
    this.#endOfLine();
    return record;
  }

  #plain(): string {
    PLAIN.lastIndex = this.#at;
    const value = PLAIN.exec(this.#text)?.[0] ?? '';
    this.#at += value.length;
    if (this.#text[this.#at] === '"') throw new CsvFault(this.#line, 'a quote inside a field without quotes');
    return value;
  }

  #quoted(): string {
    const begin = this.#line;
    let value = '';
    for (this.#at++; ; this.#at += 2) {
      const end = this.#text.indexOf('"', this.#at);
      if (end === -1) throw new CsvFault(begin, 'a quote that is not closed');
      const piece = this.#text.slice(this.#at, end);
      this.#line += piece.split('\n').length - 1;
      value += piece;
      this.#at = end;
      if (this.#text[end + 1] !== '"') break;
      value += '"';
    }
    this.#at++;
    return value;
  }

  #endOfLine(): void {
    if (this.isAtEnd) return;
    const end = /^\r?\n/.exec(this.#text.slice(this.#at, this.#at + 2))?.[0];
    if (end === undefined) throw new CsvFault(this.#line, 'text behind a closing quote');
    this.#at += end.length;
    this.#line++;
  }
}
