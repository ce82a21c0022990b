/** Work on a body done by a thread; who asks does it here when none can. */
import { GatewayError } from '../errors.js';
import type { TaskFault } from '../threads/conversion-task.js';
import type { OffLoop } from '../threads/piscina-pool.js';

/**
 * What the task answered; undefined: the thread failed, which only costs the time it took, as the body is shared and not given away.
 * @throws GatewayError where the body itself is at fault.
 */
export async function onThread<Answer extends { readonly ok: true }>(
  threads: OffLoop,
  name: string,
  task: unknown,
): Promise<Answer | undefined> {
  const answer = (await threads.run(name, task).catch(() => undefined)) as Answer | TaskFault | undefined;
  if (answer === undefined || answer.ok) return answer;
  throw new GatewayError(answer.code, answer.message, { param: answer.param ?? undefined });
}
