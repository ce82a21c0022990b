/** What routing needs out of a Messages request body, and no more. */
import type { RoutingFields } from '../protocol.js';
import { type Members, readCommon, readInner, readMembers, shortened, upToFirstUser } from '../routing-fields.js';

const WANTED = new Set(['model', 'stream', 'messages', 'system', 'metadata']);

/**
 * Reads the body as latin1 text. `isNamed`: the session has a name already, so the start of the prompt is not looked for.
 * Throws a `GatewayError` that names the field at fault.
 */
export function readRoutingFields(text: string, isNamed = false): RoutingFields {
  const members = readMembers(text, WANTED);
  const user = readInner(text, members.get('metadata'), 'user_id');
  const { model, modelSpan, stream } = readCommon(text, members);
  const prefix = isNamed || user ? undefined : promptPrefix(text, members);
  return { model, modelSpan, stream, sessionHint: user ? `user:${user}` : undefined, promptPrefix: prefix };
}

/** `system` as written, and the messages to the user's first; no prompt without messages. */
function promptPrefix(text: string, members: Members): string | undefined {
  const messages = members.get('messages');
  const start = messages && upToFirstUser(text, messages);
  const system = members.get('system');
  if (!start) return undefined;
  return system ? `${shortened(text, system)}\0${shortened(text, start)}` : shortened(text, start);
}
