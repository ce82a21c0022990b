/** What routing needs out of an OpenAI request body, and no more: everything else passes unread. */
import type { RoutingFields } from '../protocol.js';
import { type Members, readCommon, readInner, readMembers, readString, shortened, upToFirstUser } from '../routing-fields.js';

const WANTED = new Set(['model', 'stream', 'messages', 'user', 'safety_identifier', 'prompt_cache_key', 'metadata']);
const HINTS = ['prompt_cache_key', 'user', 'safety_identifier'] as const;

/**
 * Reads the body as latin1 text. `isNamed`: the session has a name already, so the start of the prompt is not looked for.
 * Throws a `GatewayError` that names the field at fault.
 */
export function readRoutingFields(text: string, isNamed = false): RoutingFields {
  const members = readMembers(text, WANTED);
  const { model, modelSpan, stream } = readCommon(text, members);
  const hint = sessionHint(text, members);
  const prefix = isNamed || hint !== undefined ? undefined : promptPrefix(text, members);
  // Spelled out: members that follow a spread cost a call into the runtime each.
  return { model, modelSpan, stream, sessionHint: hint, promptPrefix: prefix };
}

/** Responses names the session by the same members. */
export function sessionHint(text: string, members: Members): string | undefined {
  for (const name of HINTS) {
    const value = readString(text, members.get(name));
    if (value) return `${name}:${value}`;
  }
  const user = readInner(text, members.get('metadata'), 'user_id');
  return user ? `user:${user}` : undefined;
}

/** Every message up to and including the first of the user. */
function promptPrefix(text: string, members: Members): string | undefined {
  const messages = members.get('messages');
  const start = messages && upToFirstUser(text, messages);
  return start && shortened(text, start);
}
