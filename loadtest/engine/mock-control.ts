import type { MockCounts } from '../result.js';

const ANSWER_WITHIN_MS = 10_000;

/** What `GET /_mock/stats` says, as far as it is used here. */
interface MockStats {
  requests: number;
  completed: number;
  doneMarkers: number;
  events: number;
  noSlot: number;
  byKey: Record<string, number>;
  sessionCount: number;
  sessionKeyChanges: number;
}

/** The mock's counts start anew. */
export async function resetMock(origin: string): Promise<void> {
  await ask(`${origin}/_mock/reset`, 'POST');
}

/** The mock's counts since the reset. */
export async function readMock(origin: string): Promise<MockCounts> {
  const stats = (await (await ask(`${origin}/_mock/stats`, 'GET')).json()) as MockStats;
  const perKey = Object.values(stats.byKey);
  return {
    requests: stats.requests,
    completed: stats.completed,
    done: stats.doneMarkers,
    events: stats.events,
    noSlot: stats.noSlot,
    keys: perKey.length,
    mostOnKey: perKey.reduce((most, count) => Math.max(most, count), 0),
    fewestOnKey: perKey.reduce((fewest, count) => Math.min(fewest, count), perKey[0] ?? 0),
    sessions: stats.sessionCount,
    sessionKeyChanges: stats.sessionKeyChanges,
  };
}

/** Asks a gateway for a garbage collection in all its processes; false when it does not offer that. */
export async function collectGarbage(adminOrigin: string): Promise<boolean> {
  try {
    await ask(`${adminOrigin}/api/collect-garbage`, 'POST');
    return true;
  } catch {
    return false;
  }
}

async function ask(url: string, method: 'GET' | 'POST'): Promise<Response> {
  const response = await fetch(url, { method, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}`);
  return response;
}
