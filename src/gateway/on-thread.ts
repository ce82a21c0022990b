/** Work on a body done by a thread; who asks does it here when none can. */
import { GatewayError } from '../errors.js';
import type { TaskFault } from '../threads/conversion-task.js';
import { type OffLoop, TookTooLong } from '../threads/piscina-pool.js';

/** Milliseconds. */
const RETRY_AFTER = 2_000;

/**
 * What the task answered; undefined: the thread failed, which only costs the time it took, as the body is shared and not given away.
 * @throws GatewayError where the body itself is at fault, or was too much for the thread: it would be too much for the event
 * loop, where every other request would wait for it.
 */
export async function onThread<Answer extends { readonly ok: true }>(
  threads: OffLoop,
  name: string,
  task: unknown,
): Promise<Answer | undefined> {
  const answer = (await threads.run(name, task).catch(unlessLate)) as Answer | TaskFault | undefined;
  if (answer === undefined || answer.ok) return answer;
  throw new GatewayError(answer.code, answer.message, { param: answer.param ?? undefined });
}

function unlessLate(error: unknown): undefined {
  if (error instanceof TookTooLong)
    throw new GatewayError('overloaded', 'The request body could not be read in time.', { retryAfter: RETRY_AFTER });
}
