/** When an upstream says that trying again makes sense. */
import type { UpstreamHeaders } from './upstream.js';

/** A provider that says more is not believed: the credential is tried again after an hour. */
const LONGEST = 3_600_000;

const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const TIME = '\\d\\d:\\d\\d:\\d\\d';
const IMF = new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d\\d ${MONTH} \\d{4} ${TIME} GMT$`);
const RFC_850 = new RegExp(`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\\d\\d)-(${MONTH})-(\\d\\d) (${TIME} GMT)$`);
const ASCTIME = new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${MONTH} (?: \\d|\\d\\d) ${TIME} \\d{4}$`);

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
  const until = readHttpDate(headers.get('retry-after'));
  if (until === undefined) return undefined;
  return Math.max(0, until - (readHttpDate(headers.get('date')) ?? now));
}

/** Milliseconds since the epoch, of the three forms of RFC 9110 §5.6.7 alone: `Date.parse` takes `-5` for a date of 2001. */
export function readHttpDate(text: string | undefined): number | undefined {
  if (text === undefined || text.length > 40) return undefined;
  const time = Date.parse(RFC_850.test(text) ? text.replace(RFC_850, '$1 $2 $3 $4') : IMF.test(text) ? text : asctime(text));
  return Number.isNaN(time) ? undefined : time;
}

function asctime(text: string): string {
  return ASCTIME.test(text) ? `${text} GMT` : '';
}

function bounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.min(value, LONGEST);
}
