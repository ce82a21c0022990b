/**
 * Finds secrets in text, whatever form they took on their way into it: as they are, as JSON writes them (once or within
 * another string), as a URL does, or in base64 anywhere within a longer value. Pure.
 */

/** Shorter secrets would blank ordinary words. */
const SHORTEST = 6;
/** With more secrets than this (made up for load runs) they are known as they are and in JSON and URLs only. */
const MOST_IN_BASE64 = 2_000;
const REDACTED = '[redacted]';

/** Forms that begin alike. */
interface Group {
  readonly forms: Set<string>;
  /** Longest first, so that none survives inside another. */
  lengths: number[];
}

export class Redaction {
  readonly #groups = new Map<string, Group>();
  /** Whether a form begins with this character: nearly every one of a text is passed over by this. */
  readonly #firsts = new Uint8Array(256);

  constructor(secrets: Iterable<string> = []) {
    const known = [...new Set(secrets)].filter(({ length }) => length >= SHORTEST);
    for (const secret of known) for (const form of formsOf(secret, known.length <= MOST_IN_BASE64)) this.#add(form);
    for (const group of this.#groups.values()) group.lengths.sort((a, b) => b - a);
  }

  /** The text without any of them. Linear in the text, whatever the number of secrets. */
  clean(text: string): string {
    if (this.#groups.size === 0) return text;
    let clean = '';
    let from = 0;
    for (let at = 0; at + SHORTEST <= text.length; at++) {
      if (this.#firsts[text.charCodeAt(at) & 0xff] === 0) continue;
      const length = this.#lengthAt(text, at);
      if (length === 0) continue;
      clean += text.slice(from, at) + REDACTED;
      from = at + length;
      at = from - 1;
    }
    return from === 0 ? text : clean + text.slice(from);
  }

  #lengthAt(text: string, at: number): number {
    const group = this.#groups.get(text.slice(at, at + SHORTEST));
    return group?.lengths.find((length) => group.forms.has(text.slice(at, at + length))) ?? 0;
  }

  #add(form: string): void {
    const start = form.slice(0, SHORTEST);
    const group = this.#groups.get(start) ?? { forms: new Set<string>(), lengths: [] };
    this.#groups.set(start, group);
    group.forms.add(form);
    if (!group.lengths.includes(form.length)) group.lengths.push(form.length);
    this.#firsts[form.charCodeAt(0) & 0xff] = 1;
  }
}

function formsOf(secret: string, inBase64: boolean): Set<string> {
  const json = inJson(secret);
  const url = encodeURIComponent(secret);
  const forms = new Set([secret, json, inJson(json), url, url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]);
  if (inBase64) for (const offset of [0, 1, 2]) for (const form of base64At(secret, offset)) forms.add(form);
  return forms;
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** The characters that follow from the secret alone when it stands behind `offset` bytes (of each three), in both alphabets. */
function base64At(secret: string, offset: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const certain = bytes.toString('base64').slice(Math.ceil((offset * 8) / 6), Math.floor((bytes.length * 8) / 6));
  return certain.length < SHORTEST ? [] : [certain, certain.replaceAll('+', '-').replaceAll('/', '_')];
}

/** The password of a store's URL as written and decoded. Several hosts may follow it, so this is no plain URL. */
export function passwordsOf(url: string): readonly string[] {
  const authority = /^[a-z+-]+:\/\/([^/?#]*)/.exec(url)?.[1] ?? '';
  const userInfo = authority.slice(0, Math.max(0, authority.lastIndexOf('@')));
  const written = userInfo.includes(':') ? userInfo.slice(userInfo.indexOf(':') + 1) : userInfo;
  try {
    return [written, decodeURIComponent(written)];
  } catch {
    return [written];
  }
}
