/** The mock's books in detail: requests by key, by model and by session, and its journal. */

const ANSWER_WITHIN_MS = 20_000;

export interface MockBooks {
  readonly requests: number;
  readonly completed: number;
  readonly refused: number;
  readonly faulted: number;
  readonly inFlight: number;
  readonly sessionKeyChanges: number;
  readonly byKey: Readonly<Record<string, number>>;
  readonly byModel: Readonly<Record<string, number>>;
  readonly sessions: Readonly<Record<string, { readonly requests: number; readonly key: string; readonly keyChanges: number }>>;
}

/** A request as the mock saw it. */
export interface JournalLine {
  readonly path: string;
  readonly model: string;
  readonly key: string;
  readonly status: number;
}

export async function readBooks(mockOrigin: string): Promise<MockBooks> {
  return (await ask(`${mockOrigin}/_mock/stats?sessions`)) as MockBooks;
}

/** The last requests, oldest first; the mock keeps 2,000. */
export async function readJournal(mockOrigin: string, last = 2_000): Promise<JournalLine[]> {
  return ((await ask(`${mockOrigin}/_mock/requests?last=${last}`)) as { requests: JournalLine[] }).requests;
}

/** Strikes requests from now on: every one unless a key, session or model is named. */
export async function setFault(mockOrigin: string, rule: Readonly<Record<string, unknown>>): Promise<void> {
  await ask(`${mockOrigin}/_mock/faults`, { method: 'POST', body: JSON.stringify(rule) });
}

export async function clearFaults(mockOrigin: string): Promise<void> {
  await ask(`${mockOrigin}/_mock/faults`, { method: 'DELETE' });
}

async function ask(url: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}
