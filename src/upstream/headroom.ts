/** What an upstream tells of its limits on an answer that it gave: whether the next one would be one too many. */
import { readHttpDate } from './retry-after.js';
import type { UpstreamHeaders } from './upstream.js';

interface Limit {
  readonly remaining: string;
  readonly reset: string;
}

/** As named on platform.openai.com/docs/guides/rate-limits and platform.claude.com/docs/en/api/rate-limits. */
const LIMITS = {
  openai: ['requests', 'tokens'].map((what) => ({
    remaining: `x-ratelimit-remaining-${what}`,
    reset: `x-ratelimit-reset-${what}`,
  })),
  anthropic: ['requests', 'tokens', 'input-tokens', 'output-tokens'].map((what) => ({
    remaining: `anthropic-ratelimit-${what}-remaining`,
    reset: `anthropic-ratelimit-${what}-reset`,
  })),
} as const satisfies Record<string, readonly Limit[]>;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|[smhd]))+$/;
const PART = /(\d{1,12}(?:\.\d{1,12})?)(ms|[smhd])/g;
const SECONDS = /^\d{1,9}(?:\.\d{1,9})?$/;
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i;

/**
 * Milliseconds until every limit of which nothing is left fills up again; undefined where something is left of each, or
 * nothing is said. Costs two to four look-ups where it is not said.
 */
export function readHeadroom(protocol: 'openai' | 'anthropic', headers: UpstreamHeaders): number | undefined {
  let longest: number | undefined;
  for (const { remaining, reset } of LIMITS[protocol]) {
    if (headers.get(remaining) !== '0') continue;
    const wait = readReset(headers.get(reset), headers.get('date'));
    if (wait !== undefined && (longest === undefined || wait > longest)) longest = wait;
  }
  return longest;
}

/** `1s`, `6m0s`, `20ms`, `1m2.5s`, plain seconds, or a time of RFC 3339 told by the clock that the answer's `Date` is from. */
export function readReset(text: string | undefined, date: string | undefined): number | undefined {
  if (text === undefined || text.length > 40) return undefined;
  if (SECONDS.test(text)) return Number(text) * 1_000;
  if (DURATION.test(text))
    return [...text.matchAll(PART)].reduce((sum, part) => sum + Number(part[1]) * (UNITS[part[2] ?? ''] ?? 0), 0);
  if (!RFC3339.test(text)) return undefined;
  const until = Date.parse(text);
  return Number.isNaN(until) ? undefined : Math.max(0, until - (readHttpDate(date) ?? Date.now()));
}
