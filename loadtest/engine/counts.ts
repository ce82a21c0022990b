import type { Counts } from '../result.js';

/** A fresh set of counters. */
export function noCounts(): Counts {
  return {
    sent: 0,
    ok: 0,
    http: {},
    streamError: 0,
    truncated: 0,
    timeout: 0,
    connect: 0,
    incomplete: 0,
    done: 0,
    events: 0,
    eventsOfOk: 0,
    contentEvents: 0,
    httpChunks: 0,
    bytes: 0,
    steadyOk: 0,
    steadyEvents: 0,
    warmup: 0,
    causes: {},
    missing: 0,
    doubled: 0,
    reordered: 0,
    unstamped: 0,
    steadySent: 0,
    dropped: 0,
  };
}

/** The sums of several processes' counters. */
export function sumCounts(all: readonly Counts[]): Counts {
  const total = noCounts();
  for (const counts of all) {
    for (const [name, value] of Object.entries(counts) as [keyof Counts, Counts[keyof Counts]][]) {
      if (name === 'http' || name === 'causes') addRecord(total[name], value as Record<string, number>);
      else total[name] = (total[name] ?? 0) + (value as number);
    }
  }
  return total;
}

/** Requests that got a status other than 200. */
export function httpErrors(counts: Counts): number {
  return Object.values(counts.http).reduce((sum, count) => sum + count, 0);
}

/** Requests that ended in any way but ok. */
export function failures(counts: Counts): number {
  return httpErrors(counts) + counts.streamError + counts.truncated + counts.timeout + counts.connect + counts.incomplete;
}

/** Requests that ended in another way than ok, by kind: `http 503`, `timeout`, …; kinds that did not happen are left out. */
export function failuresByKind({ http, streamError, truncated, timeout, connect, incomplete }: Counts): Record<string, number> {
  const statuses = Object.entries(http).map(([status, count]): [string, number] => [`http ${status}`, count]);
  const others = Object.entries({ 'error event': streamError, truncated, timeout, 'not connected': connect, incomplete });
  return Object.fromEntries([...statuses, ...others].filter(([, count]) => count > 0));
}

/** Adds one under a name; the number of names is bounded, since some of them come from outside. */
export function countUp(record: Record<string, number>, name: string): void {
  const key = name in record || Object.keys(record).length < 40 ? name : 'other';
  record[key] = (record[key] ?? 0) + 1;
}

function addRecord(into: Record<string, number>, from: Record<string, number>): void {
  for (const [name, value] of Object.entries(from)) into[name] = (into[name] ?? 0) + value;
}
