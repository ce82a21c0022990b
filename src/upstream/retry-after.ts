/** When an upstream says that trying again makes sense. */
import type { UpstreamHeaders } from './upstream.js';

/** A provider that says more is not believed: the credential is tried again after an hour. */
const LONGEST = 3_600_000;

/**
 * Milliseconds from `retry-after-ms` or `Retry-After` (RFC 9110 §10.2.3: seconds or a date; `now` is wall-clock
 * time for the date), undefined where neither can be read.
 */
export function readRetryAfter(headers: UpstreamHeaders, now: number): number | undefined {
  return bounded(milliseconds(headers.get('retry-after-ms')) ?? seconds(headers.get('retry-after')) ?? date(headers, now));
}

function milliseconds(value: string | undefined): number | undefined {
  return value && /^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

function seconds(value: string | undefined): number | undefined {
  const ms = milliseconds(value);
  return ms === undefined ? undefined : ms * 1000;
}

/** A date is compared with the upstream's own `Date` where it sends one, so that a wrong clock here does no harm. */
function date(headers: UpstreamHeaders, now: number): number | undefined {
  const until = Date.parse(headers.get('retry-after') ?? '');
  const said = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(until)) return undefined;
  return Math.max(0, until - (Number.isNaN(said) ? now : said));
}

function bounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.min(value, LONGEST);
}
