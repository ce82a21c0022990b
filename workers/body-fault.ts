/** What a task answers when the body itself is at fault; anything else is the thread's own failure and is thrown. */
import { GatewayError } from '../src/errors.js';
import type { TaskFault } from '../src/threads/conversion-task.js';

export function bodyFault(error: unknown): TaskFault {
  if (!(error instanceof GatewayError)) throw error;
  const { code, message, param } = error;
  return { ok: false, code, message, param };
}
