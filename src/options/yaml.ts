/** The one door to yaml: bytes of a config file to plain values, or one clear line. No text of the file is repeated: it may be a secret. */
import { type Document, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { clashes, shield, unshield } from './shield.js';

/** More aliases, weighed by what they repeat, are an attack or a mistake. */
const MOST_ALIASES = 1000;
const MOST_NODES = 1_000_000;
const MOST_DEPTH = 500;
/** After the first few a parser only stumbles over its own confusion. */
const MOST_PROBLEMS = 20;

/** In words for those who wrote the file; the parser's own messages quote it. */
const WORDS: Partial<Record<string, string>> = {
  BAD_ALIAS: 'an alias (*name) without its anchor (&name)',
  BAD_DQ_ESCAPE: 'an escape that double quotes do not know',
  BAD_INDENT: 'wrong indentation',
  BLOCK_IN_FLOW: 'a block inside brackets or braces',
  DUPLICATE_KEY: 'the same key twice in one map',
  MISSING_CHAR: 'a missing character, such as a closing quote, bracket or a blank after a colon',
  MULTILINE_IMPLICIT_KEY: 'a key over several lines; is a colon or a blank after it missing?',
  MULTIPLE_DOCS: 'more than one document',
  NON_STRING_KEY: 'a key that is no text',
  RESOURCE_EXHAUSTION: 'nested too deeply',
  TAB_AS_INDENT: 'a tab as indentation',
  TAG_RESOLVE_FAILED: 'a tag that is not known',
  UNEXPECTED_TOKEN: 'something that does not belong here; is a quote missing?',
};

/** A tree of plain values without loops, or why there is none, with line and column where known. */
export type YamlResult =
  | { readonly ok: true; readonly tree: unknown }
  | { readonly ok: false; readonly messages: readonly string[] };

const refuse = (...messages: string[]): YamlResult => ({ ok: false, messages });

/** Read a config file. A byte order mark is tolerated; other encodings than UTF-8 are not. */
export function parseYaml(bytes: Uint8Array): YamlResult {
  const text = decode(bytes);
  if (text === undefined) return refuse('is not UTF-8 text');
  if (text.trim() === '') return refuse('is empty');
  if (clashes(text)) return refuse('holds characters of the private use area (U+E020 to U+E07E)');
  try {
    return parseText(shield(text));
  } catch (error) {
    // toJS gives up on alias bombs with a ReferenceError, and on depth with a RangeError.
    return refuse(
      error instanceof RangeError ? 'is nested too deeply' : 'uses aliases (*name) that loop or multiply without measure',
    );
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

function parseText(text: string): YamlResult {
  if (isDeep(text)) return refuse('is nested too deeply');
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    stringKeys: true,
    logLevel: 'silent',
  });
  const problems = [...document.errors, ...document.warnings].map((error) => describe(error.pos[0], error.code, lines));
  if (problems.length === 0) problems.push(...duplicateKeys(document).map((at) => describe(at, 'DUPLICATE_KEY', lines)));
  if (problems.length > 0) return refuse(...problems.slice(0, MOST_PROBLEMS));
  const tree: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
  if (tree === null) return refuse('is empty');
  const flaw = flawOf(tree);
  return flaw === undefined ? { ok: true, tree: unshield(tree) } : refuse(flaw);
}

/** A guess from brackets and dashes alone: the parser takes ten seconds over a million open brackets. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (const [char] of text.matchAll(/[[\]{}]/g)) {
    depth = char === '[' || char === '{' ? depth + 1 : Math.max(0, depth - 1);
    if (depth > MOST_DEPTH) return true;
  }
  return /(?:[-?:][ \t]+){200}/.test(text);
}

/** Where keys are that their map has already. The parser's own search takes a square of the map's size. */
function duplicateKeys(document: Document.Parsed): readonly number[] {
  const found: number[] = [];
  visit(document, {
    Map(_key, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) found.push(key.range?.[0] ?? 0);
        seen.add(key.value);
      }
    },
  });
  return found;
}

function describe(offset: number, code: string, lines: LineCounter): string {
  const { line, col } = lines.linePos(offset);
  return `line ${line}, column ${col}: ${WORDS[code] ?? 'is no valid YAML here'}`;
}

/** Why a tree cannot be worked on: a loop, or too many nodes. */
function flawOf(tree: unknown): string | undefined {
  const ancestors = new Set<object>();
  let nodes = 0;
  const visit = (value: unknown): string | undefined => {
    if (++nodes > MOST_NODES) return `holds more than ${MOST_NODES} values`;
    if (typeof value !== 'object' || value === null) return undefined;
    if (ancestors.has(value)) return 'uses an alias (*name) inside its own anchor (&name): a loop';
    ancestors.add(value);
    for (const child of Object.values(value)) {
      const flaw = visit(child);
      if (flaw !== undefined) return flaw;
    }
    ancestors.delete(value);
    return undefined;
  };
  return visit(tree);
}
