import { Generators } from '../engine/generators.js';
import type { ReadyGateway } from '../run.js';
import type { PointPlan } from './words.js';

/** For the generator to hear its order. */
const LEAD_MS = 300;
const USERS_PER_WORKER = 16;
/**
 * Code is compiled by use: on 3 % of a core a worker that has answered a hundred requests would answer the next ones, at several times
 * their later cost, for minutes. One worker answers some thousand short streams in this time.
 */
const SECONDS = 1;
const SECONDS_PER_WORKER = 1.5;

/** Processes of a target that each compile for themselves. */
export function warmWorkers({ target, workers }: PointPlan): number {
  return target === 'cluster' ? workers : 1;
}

/** How long a gateway of so many Node processes is warmed. */
export function warmSeconds(workers: number): number {
  return SECONDS + SECONDS_PER_WORKER * workers;
}

/** Short streams without pauses, before there are limits and before anything counts. Settles when all have ended. */
export async function warmUp(gateway: ReadyGateway, workers: number, entry: string, interrupt: AbortSignal): Promise<void> {
  const generators = await Generators.start(entry, 1);
  const abort = (): void => generators.abort();
  try {
    if (interrupt.aborted) return;
    interrupt.addEventListener('abort', abort, { once: true });
    const startAt = Date.now() + LEAD_MS;
    const stopAt = startAt + warmSeconds(workers) * 1000;
    const pace = {
      startAt,
      measureFrom: startAt,
      stopAt,
      rampMs: 0,
      thinkMs: [0, 0] as [number, number],
      graceMs: 3000,
      timeoutMs: 20_000,
    };
    const url = `${gateway.origin}/v1/chat/completions`;
    // Another seed than any run's, so that the sessions of the run are new ones.
    await generators.run(
      { ...pace, url, model: 'mock-instant', keys: gateway.keys, seed: 2_000_000_000 },
      USERS_PER_WORKER * workers,
    );
  } finally {
    interrupt.removeEventListener('abort', abort);
    generators.stop();
  }
}
