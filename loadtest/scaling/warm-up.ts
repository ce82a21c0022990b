import { Generators } from '../engine/generators.js';
import type { ReadyGateway } from '../run.js';
import type { PointPlan } from './words.js';

/** For the generator to hear its order. */
const LEAD_MS = 300;
const USERS_PER_WORKER = 16;
/**
 * Code is compiled by use: on 3 % of a core a worker that has answered a hundred requests would answer the next ones, at several times
 * their later cost, for minutes. So each worker answers so many short streams first, or as many as it can in the time.
 */
const STREAMS_PER_WORKER = 2000;
const SECONDS_PER_WORKER = 5;
const LOOK_EACH_MS = 200;

/** Processes of a target that each compile for themselves. */
export function warmWorkers({ target, workers }: PointPlan): number {
  return target === 'cluster' ? workers : 1;
}

/** Short streams without pauses, before there are limits and before anything counts. Settles when all have ended. */
export async function warmUp(gateway: ReadyGateway, workers: number, entry: string, interrupt: AbortSignal): Promise<void> {
  const generators = await Generators.start(entry, 1);
  const isWarm = (): boolean => interrupt.aborted || generators.counts().ok >= STREAMS_PER_WORKER * workers;
  const looking = setInterval(() => isWarm() && generators.abort(), LOOK_EACH_MS);
  try {
    await generators.run(order(gateway, SECONDS_PER_WORKER * workers), USERS_PER_WORKER * workers);
  } finally {
    clearInterval(looking);
    generators.stop();
  }
}

function order({ origin, keys }: ReadyGateway, seconds: number): Parameters<Generators['run']>[0] {
  const startAt = Date.now() + LEAD_MS;
  return {
    ...{ url: `${origin}/v1/chat/completions`, model: 'mock-instant', keys, thinkMs: [0, 0] },
    // No run has this seed, so the sessions of the run are new ones.
    ...{ seed: 2_000_000_000, startAt, measureFrom: startAt, stopAt: startAt + seconds * 1000 },
    ...{ rampMs: 0, graceMs: 3000, timeoutMs: 20_000 },
  };
}
