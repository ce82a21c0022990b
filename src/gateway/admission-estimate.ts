/** What a request may use, guessed from its bytes before anybody has answered; settled by what the upstream counts. */
import type { PriceConfig } from '../config.js';
import { costOf } from '../metrics/price.js';
import { EMBEDDINGS, type Route } from './route.js';

export interface Estimate {
  readonly input: number;
  readonly output: number;
}

/** English text and code come to about four bytes a token (OpenAI, "What are tokens and how to count them?"). */
const BYTES_PER_TOKEN = 4;
/** What a picture or a page counts as, whatever its bytes (docs.anthropic.com, "Vision": about 1,600 a megapixel). */
const ATTACHMENT = 1_500;
/** An encoded string below this is taken as text. */
const LEAST_ATTACHMENT = 1_024;
const MOST_ATTACHMENTS = 64;
/** Answers seldom come near the output that clients allow: reserving all of it would lock everybody else out meanwhile. */
const MOST_OUTPUT = 4_096;
const USUAL_OUTPUT = 1_000;
/** Where top-level members stand that are not the prompt, bytes from either end of a long body. */
const ENDS = 8 * 1024;
/** Within a string the quotes would be escaped, so this is a member, at the top or of a schema. */
const MOST_TOKENS = /"max_(?:completion_|output_)?tokens"\s*:\s*(\d{1,9})\b/;

export function estimateOf(route: Route, body: Buffer): Estimate {
  return { input: inputOf(body), output: route === EMBEDDINGS ? 0 : outputOf(body) };
}

export function costOfEstimate({ input, output }: Estimate, price: PriceConfig | undefined): number {
  return costOf({ input, output, cachedInput: 0, cacheWrite: 0, reasoning: 0 }, price);
}

function inputOf(body: Buffer): number {
  const { bytes, count } = attachments(body);
  return Math.max(1, Math.ceil((body.length - bytes) / BYTES_PER_TOKEN)) + count * ATTACHMENT;
}

/** Base64 is no text: a picture of a megabyte is a thousand tokens and not three hundred thousand. */
function attachments(body: Buffer): { readonly bytes: number; readonly count: number } {
  let bytes = 0;
  let count = 0;
  let at = body.indexOf('base64');
  while (at !== -1 && count < MOST_ATTACHMENTS) {
    const end = endOfData(body, at);
    if (end - at >= LEAST_ATTACHMENT) {
      bytes += end - at;
      count++;
    }
    at = body.indexOf('base64', end);
  }
  return { bytes, count };
}

/** OpenAI: `data:image/png;base64,…"`. Anthropic: `"base64",…,"data":"…"`. */
function endOfData(body: Buffer, marker: number): number {
  const isUrl = body[marker + 6] === 0x2c;
  const start = isUrl ? marker : body.indexOf('"data"', marker) + 6;
  if (!isUrl && (start < marker || start > marker + 256)) return marker + 6;
  const open = isUrl ? start : body.indexOf('"', start);
  const close = open === -1 ? -1 : body.indexOf('"', open + 1);
  return close === -1 ? marker + 6 : close;
}

function outputOf(body: Buffer): number {
  const isShort = body.length <= 2 * ENDS;
  const text = isShort
    ? body.toString('latin1')
    : `${body.toString('latin1', 0, ENDS)}\n${body.toString('latin1', body.length - ENDS)}`;
  const asked = MOST_TOKENS.exec(text)?.[1];
  return asked === undefined ? USUAL_OUTPUT : Math.min(Number(asked), MOST_OUTPUT);
}
