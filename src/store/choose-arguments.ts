/** What the choose script is told of a request. */
import type { StickyConfig } from '../config.js';
import { sessionKey, sharedTtl } from '../credential/sessions.js';
import type { ChoiceRequest } from '../credential/types.js';

/** In the order of the script's arguments, after the prefix; `recalled`: where this worker knows the session to be, or ''. */
export function chooseArguments(
  { session, alias, model, exclude = [], pinned, slot = '', admit }: ChoiceRequest,
  { ttl, maxSessions }: StickyConfig,
  recalled: string,
): (string | number)[] {
  const key = session === undefined ? '' : sessionKey(session, alias);
  const told = [alias, model, key, Math.ceil(sharedTtl(ttl)), maxSessions, exclude.join('\n')];
  return [...told, pinned ? 1 : 0, slot, admit ? JSON.stringify(admit) : '', recalled];
}
