/** What the gateway learns of an answer in one piece that it passes on untouched. Pure; latin1 text. */
import type { Usage } from '../usage.js';
import { parseObject } from './json-object.js';
import { scanObject } from './json-scan.js';
import { isJsonObject, type JsonObject } from './middle/fields.js';

export interface AnswerSight {
  readonly usage?: Usage;
  /** The id by which its maker keeps it, to be gone on from (Responses). */
  readonly keptAs?: string;
}

/** Bytes of an answer that is parsed whole; megabytes of embeddings are crossed by their brackets, and the wanted members parsed. */
const MOST_PARSED = 64 * 1024;
const WANTED = new Set(['usage', 'id', 'store']);

/**
 * The members that the gateway looks at, of an answer that is complete; undefined for half of one: a length that the
 * upstream got wrong cuts the body without any sign in HTTP.
 */
export function membersOfAnswer(body: string): JsonObject | undefined {
  if (body.length > MOST_PARSED) return scanned(body);
  try {
    const answer: unknown = JSON.parse(body);
    return isJsonObject(answer) ? answer : {};
  } catch {
    return undefined;
  }
}

function scanned(body: string): JsonObject | undefined {
  const scan = scanObject(body, WANTED);
  if (!scan.ok) return looksLikeList(body) || scan.fault === 'duplicate-key' || scan.fault === 'too-deep' ? {} : undefined;
  const members = [...scan.members].map(([name, { start, end }]) => `"${name}":${body.slice(start, end)}`);
  return parseObject(`{${members.join()}}`) ?? {};
}

/** A list tells nothing that is wanted here, and is taken for whole by its ends. */
function looksLikeList(body: string): boolean {
  return /^\s*\[/.test(body) && /\]\s*$/.test(body.slice(-64));
}
