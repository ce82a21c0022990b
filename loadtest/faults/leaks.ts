/** Secrets in texts: the canaries whole, in base64, and in part. */
import { CANARIES } from './canary.js';

/** Letters of a secret that are already too many. */
const WINDOW = 9;

/** Canary → what to look for. Parts are windows over what makes it unique: the start of a key may be named, like any kind of key. */
const MARKS: readonly { readonly name: string; readonly parts: readonly string[] }[] = Object.entries(CANARIES).map(
  ([name, text]) => ({
    name,
    parts: [...windows(uniqueOf(text)), ...base64Of(text)],
  }),
);

function uniqueOf(text: string): string {
  return text.slice(text.lastIndexOf('-') + 1);
}

function windows(text: string): string[] {
  if (text.length <= WINDOW) return [text];
  return Array.from({ length: text.length - WINDOW + 1 }, (_, at) => text.slice(at, at + WINDOW));
}

/** At each of the three places where it may begin within a group; the ends, which depend on the neighbours, left out. */
function base64Of(text: string): string[] {
  return ['', 'x', 'xx'].map((before) => {
    const encoded = Buffer.from(before + text).toString('base64');
    return encoded.slice(4, -4);
  });
}

/** Names of the canaries found in a text. */
export function leaksIn(text: string, but: readonly (keyof typeof CANARIES)[] = []): string[] {
  return MARKS.filter(
    ({ name, parts }) => !(but as readonly string[]).includes(name) && parts.some((part) => text.includes(part)),
  ).map(({ name }) => name);
}

/** Answers of the whole run that showed a key; each as a line. Noted by `ask`. */
export const leakedAnswers: string[] = [];

const KEYS = [CANARIES.upstreamKey, CANARIES.adminKey, CANARIES.clientKey].map(uniqueOf);

/** Cheap enough for every answer. */
export function noteLeaks(where: string, text: string): void {
  if (KEYS.some((key) => text.includes(key))) leakedAnswers.push(where);
}
