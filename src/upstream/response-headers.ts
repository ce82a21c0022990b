/**
 * Which of an upstream's response headers a client may see: those it acts on. An allow-list, so that cookies,
 * locations and organisation ids stay behind whatever a provider adds.
 */
import type { UpstreamHeaders } from './upstream.js';

const ALLOWED = new Set([
  'content-type',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
  'openai-processing-ms',
  'openai-version',
  'openai-model',
  'request-id',
]);
const ALLOWED_PREFIXES = ['x-ratelimit-', 'anthropic-ratelimit-'] as const;
/** Visible ASCII, space and tab (RFC 9110 §5.5): anything else could split a header downstream. */
const SAFE_VALUE = /^[\t\x20-\x7e]*$/;

export function allowedResponseHeaders(headers: UpstreamHeaders): Record<string, string> {
  const allowed: Record<string, string> = {};
  for (const [name, value] of headers) if (isAllowed(name) && SAFE_VALUE.test(value)) allowed[name] = value;
  return allowed;
}

function isAllowed(name: string): boolean {
  return ALLOWED.has(name) || ALLOWED_PREFIXES.some((prefix) => name.startsWith(prefix));
}
