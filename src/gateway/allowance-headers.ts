/**
 * What is left of a client's limits, by the headers that clients of each maker read: OpenAI's with times like `6m0s`
 * (platform.openai.com/docs/guides/rate-limits), Anthropic's with RFC 3339 (platform.claude.com/docs/en/api/rate-limits).
 */
import type { Allowance, Remaining } from '../limits/types.js';

/** `wall`: milliseconds since the epoch. */
export function allowanceHeaders(maker: 'openai' | 'anthropic', allowance: Allowance, wall: number): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const kind of ['requests', 'tokens'] as const) {
    const left = allowance[kind];
    if (left === undefined) continue;
    if (maker === 'openai') addOpenai(headers, kind, left);
    else addAnthropic(headers, kind, left, wall);
  }
  return headers;
}

/** Without what an upstream says of its own limits, which are not the client's. */
export function withoutUpstreamLimits(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith('x-ratelimit-') && !name.startsWith('anthropic-ratelimit-')),
  );
}

function addOpenai(headers: Record<string, string>, kind: string, { limit, remaining, reset }: Remaining): void {
  headers[`x-ratelimit-limit-${kind}`] = String(limit);
  headers[`x-ratelimit-remaining-${kind}`] = String(Math.floor(remaining));
  headers[`x-ratelimit-reset-${kind}`] = shortTime(reset);
}

function addAnthropic(headers: Record<string, string>, kind: string, { limit, remaining, reset }: Remaining, wall: number): void {
  headers[`anthropic-ratelimit-${kind}-limit`] = String(limit);
  headers[`anthropic-ratelimit-${kind}-remaining`] = String(Math.floor(remaining));
  headers[`anthropic-ratelimit-${kind}-reset`] = new Date(wall + reset).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** As Go writes a duration: `120ms`, `8.64s`, `1m1s`. */
function shortTime(milliseconds: number): string {
  const time = Math.ceil(milliseconds);
  if (time < 1_000) return `${time}ms`;
  if (time < 60_000) return `${time / 1_000}s`;
  return `${Math.floor(time / 60_000)}m${Math.ceil((time % 60_000) / 1_000)}s`;
}
