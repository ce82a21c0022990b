/** What the mock has seen, request by request. */

export interface SeenRequest {
  readonly bodyBytes: number;
  readonly model: string;
  readonly session: string;
  readonly key: string;
  readonly events: number;
  readonly outcome: string;
}

const ANSWER_WITHIN_MS = 15_000;

/** The last requests, at most 2,000. */
export async function lastRequests(mockOrigin: string, last = 2_000): Promise<SeenRequest[]> {
  const response = await fetch(`${mockOrigin}/_mock/requests?last=${last}`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  return ((await response.json()) as { requests: SeenRequest[] }).requests;
}
