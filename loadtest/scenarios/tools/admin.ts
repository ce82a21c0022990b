/** What a gateway says of itself on its admin port. */

const ANSWER_WITHIN_MS = 15_000;

/** A worker as of its last report. */
export interface WorkerSeen {
  readonly pid: number;
  readonly state: string;
  readonly connections: number;
  readonly inFlight: number;
}

export async function workersOf(adminUrl: string): Promise<WorkerSeen[]> {
  const response = await fetch(`${adminUrl}/api/workers`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  return ((await response.json()) as { workers: WorkerSeen[] }).workers;
}

/** Sum over all series of a metric. */
export async function metricOf(adminUrl: string, name: string): Promise<number> {
  const response = await fetch(`${adminUrl}/metrics`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
