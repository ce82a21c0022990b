/** Readers of option values: text → plain value, or WrongValue with what is wanted instead. */
import { PEER_KINDS } from '../engine/targets/peers.js';
import { TARGET_KINDS } from '../engine/targets/target.js';
import type { LoadStage } from '../result.js';
import { parseCurve } from '../scaling/plan.js';
import { WrongValue } from './option.js';

export function whole(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new WrongValue(`a whole number from ${least} to ${most}, please.`);
    return value;
  };
}

export function timeScale(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1000)) throw new WrongValue('a number above 0 and up to 1000, please.');
  return value;
}

/** `500ms`, `20s`, `2m`, `1h` or plain seconds → seconds. */
export function seconds(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  if (!match) throw new WrongValue('a time like 500ms, 20s, 2m or 1h, please.');
  return Number(match[1]) * { ms: 0.001, s: 1, m: 60, h: 3600 }[(match[2] ?? 's') as 'ms' | 's' | 'm' | 'h'];
}

/** One time or two with `..` between → from and to in milliseconds. */
export function thinkTime(text: string): [number, number] {
  const [from = '', to = from] = text.split('..');
  const range: [number, number] = [seconds(from) * 1000, seconds(to) * 1000];
  if (range[1] < range[0]) throw new WrongValue('the first time must not be the longer one.');
  return range;
}

const KINDS: readonly string[] = [...TARGET_KINDS, ...PEER_KINDS];

export function target(text: string): string {
  if (KINDS.includes(text)) return text;
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new WrongValue(`${KINDS.join(', ')} or a URL, please.`);
}

export function targetList(text: string): string[] {
  return words(text).map(target);
}

/** `30s:100`, given once or several times. */
export function stages(text: string, before: unknown): LoadStage[] {
  const [time = '', level = ''] = text.split(':');
  if (!/^\d+$/.test(level)) throw new WrongValue('a time and a level like 30s:100, please.');
  return [...((before as LoadStage[] | undefined) ?? []), { seconds: seconds(time), target: whole(0, 100_000)(level) }];
}

export function oneOf(...words: readonly string[]) {
  return (text: string): string => {
    if (!words.includes(text)) throw new WrongValue(`${words.join(' or ')}, please.`);
    return text;
  };
}

/** A path with its query, as it goes into the first line of a request. */
export function urlPath(text: string): string {
  if (!/^\/[\x21-\x7e]*$/.test(text)) throw new WrongValue('a path like /v1/chat/completions, please.');
  return text;
}

/** Origins with commas between. */
export function origins(text: string): string[] {
  return words(text).map((one) => {
    if (!/^https?:\/\//.test(one) || !URL.canParse(one)) throw new WrongValue('an address like http://127.0.0.1:9001, please.');
    return new URL(one).origin;
  });
}

export function corePercent(text: string): number {
  const value = Number(text);
  if (!(value >= 1 && value <= 100)) throw new WrongValue('percent of one core, from 1 to 100, please.');
  return value;
}

export function curve(text: string): number[] {
  const workers = parseCurve(text);
  if (!workers) throw new WrongValue('worker counts from 1 to 64 like 1,2,4,8, please.');
  return workers;
}

/** A list with commas, given once or several times. */
export function repeated(text: string, before: unknown): string[] {
  return [...((before as string[] | undefined) ?? []), ...words(text)];
}

/** A value that may hold commas itself, given once or several times. */
export function collected(text: string, before: unknown): string[] {
  return [...((before as string[] | undefined) ?? []), text];
}

function words(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
}
