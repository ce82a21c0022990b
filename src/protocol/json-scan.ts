/**
 * Finds the top-level members of a JSON object without building it: byte offsets in, so that a value can be
 * replaced in place and every other byte stays as the client wrote it. Works on latin1 text (one character a
 * byte, `buffer.latin1Slice()`): structure is ASCII in every UTF-8 document, and `indexOf` on a string runs native.
 * Values in between are skipped by bracket depth; whether they are valid in every detail is for the upstream to judge.
 */

/** Where a value stands: from its first byte to behind its last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type ScanFault = 'not-an-object' | 'syntax' | 'too-deep' | 'duplicate-key';

export type Scan =
  | { readonly ok: true; readonly members: ReadonlyMap<string, Span> }
  | { readonly ok: false; readonly fault: ScanFault; readonly key?: string };

/** Deeper than any request that a provider accepts; a recursive reader behind us survives it. */
const DEEPEST = 256;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

class ScanError extends Error {
  readonly fault: ScanFault;
  readonly key: string | undefined;
  constructor(fault: ScanFault, key?: string) {
    super(fault);
    this.fault = fault;
    this.key = key;
  }
}

/** Top-level members of the object in `text` whose names are in `wanted`; a wanted name that comes twice is a fault, since readers disagree on which counts. */
export function scanObject(text: string, wanted: ReadonlySet<string>): Scan {
  try {
    return { ok: true, members: new ObjectScanner(text).members(wanted) };
  } catch (error) {
    if (error instanceof ScanError) return { ok: false, fault: error.fault, key: error.key };
    throw error;
  }
}

/** The elements of the array at `span`, at most `limit` of them. */
export function scanArray(text: string, span: Span, limit: number): Span[] {
  try {
    return new ObjectScanner(text, span.start).elements(limit);
  } catch (error) {
    if (error instanceof ScanError) return [];
    throw error;
  }
}

/**
 * Whether `text` opens more than `most` objects and lists, strings left out. 8 MB of `{},` take a parser twenty times as
 * long as 8 MB of prose; this gives up on them after their first megabyte. False for text that ends within a string.
 */
export function hasMoreContainers(text: string, most: number): boolean {
  let opened = 0;
  for (let at = nextStructure(text, 0); at < text.length; at = nextStructure(text, at + 1)) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = closingQuote(text, at);
      if (end === -1) return false;
      at = end;
    } else if ((code === OPEN_BRACE || code === OPEN_BRACKET) && ++opened > most) return true;
  }
  return false;
}

class ObjectScanner {
  readonly #text: string;
  #at: number;

  constructor(text: string, at = 0) {
    this.#text = text;
    this.#at = at;
  }

  members(wanted: ReadonlySet<string>): Map<string, Span> {
    const found = new Map<string, Span>();
    this.#skipSpace();
    if (this.#peek() !== OPEN_BRACE) throw new ScanError('not-an-object');
    this.#at++;
    this.#skipSpace();
    if (this.#peek() === CLOSE_BRACE) this.#at++;
    else
      do this.#member(wanted, found);
      while (this.#next(CLOSE_BRACE));
    this.#skipSpace();
    if (this.#at !== this.#text.length) throw new ScanError('syntax');
    return found;
  }

  elements(limit: number): Span[] {
    const found: Span[] = [];
    this.#skipSpace();
    if (this.#peek() !== OPEN_BRACKET) throw new ScanError('syntax');
    this.#at++;
    this.#skipSpace();
    if (this.#peek() === CLOSE_BRACKET) return found;
    do {
      this.#skipSpace();
      found.push(this.#value());
    } while (found.length < limit && this.#next(CLOSE_BRACKET));
    return found;
  }

  #member(wanted: ReadonlySet<string>, found: Map<string, Span>): void {
    this.#skipSpace();
    const name = this.#string();
    this.#skipSpace();
    if (this.#peek() !== COLON) throw new ScanError('syntax');
    this.#at++;
    this.#skipSpace();
    const span = this.#value();
    const key = keyName(this.#text.slice(name.start, name.end));
    if (!wanted.has(key)) return;
    if (found.has(key)) throw new ScanError('duplicate-key', key);
    found.set(key, span);
  }

  /** After a value: a comma (true: one more follows) or the closing bracket (false). */
  #next(close: number): boolean {
    this.#skipSpace();
    const code = this.#peek();
    this.#at++;
    if (code === COMMA) return true;
    if (code === close) return false;
    throw new ScanError('syntax');
  }

  #value(): Span {
    const start = this.#at;
    const code = this.#peek();
    if (code === QUOTE) return this.#string();
    if (code === OPEN_BRACE || code === OPEN_BRACKET) this.#skipNested();
    else this.#skipScalar();
    return { start, end: this.#at };
  }

  #string(): Span {
    const start = this.#at;
    if (this.#peek() !== QUOTE) throw new ScanError('syntax');
    this.#at = endOfString(this.#text, start);
    return { start, end: this.#at };
  }

  #skipNested(): void {
    const text = this.#text;
    const closers: number[] = [];
    for (let at = nextStructure(text, this.#at); at < text.length; at = nextStructure(text, at + 1)) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) at = endOfString(text, at) - 1;
      else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        closers.push(code === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET);
        if (closers.length > DEEPEST) throw new ScanError('too-deep');
      } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        if (closers.pop() !== code) throw new ScanError('syntax');
        if (closers.length === 0) {
          this.#at = at + 1;
          return;
        }
      }
    }
    throw new ScanError('syntax');
  }

  #skipScalar(): void {
    const start = this.#at;
    while (this.#at < this.#text.length && !endsScalar(this.#text.charCodeAt(this.#at))) this.#at++;
    if (!SCALAR.test(this.#text.slice(start, this.#at))) throw new ScanError('syntax');
  }

  #skipSpace(): void {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at++;
  }

  #peek(): number {
    if (this.#at >= this.#text.length) throw new ScanError('syntax');
    return this.#text.charCodeAt(this.#at);
  }
}

/** What changes the depth, or hides what would. */
const STRUCTURE = /["{}[\]]/g;
/** Bytes looked at one by one before the search is left to the expression, whose call costs as much as these. */
const NEAR = 24;

/** The next bracket or quote from `from` on, or the end. Long lists of numbers are crossed natively. */
function nextStructure(text: string, from: number): number {
  const near = Math.min(from + NEAR, text.length);
  for (let at = from; at < near; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE || (code | 0x20) === OPEN_BRACE || (code | 0x20) === CLOSE_BRACE) return at;
  }
  STRUCTURE.lastIndex = near;
  return STRUCTURE.test(text) ? STRUCTURE.lastIndex - 1 : text.length;
}

/** Behind the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  const quote = closingQuote(text, start);
  if (quote === -1) throw new ScanError('syntax');
  return quote + 1;
}

/** The first quote with an even number of backslashes before it; -1: the string has no end. */
function closingQuote(text: string, start: number): number {
  let quote = start;
  for (;;) {
    quote = text.indexOf('"', quote + 1);
    if (quote === -1) return -1;
    let before = quote - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    if ((quote - before) % 2 === 1) return quote;
  }
}

/** RFC 8259 literals and numbers; linear. */
const SCALAR = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function endsScalar(code: number): boolean {
  return code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET || isSpace(code);
}

/** A name written with escapes (`"mod\u0065l"`) means the same to the reader behind us. */
function keyName(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return JSON.parse(quoted) as string;
  } catch {
    throw new ScanError('syntax');
  }
}
