/** What routing needs out of an OpenAI request body, and no more: everything else passes unread. */
import type { RoutingFields } from '../protocol.js';
import { type Members, readCommon, readInner, readMembers, readString, shortened, upToFirstUser } from '../routing-fields.js';

const WANTED = new Set(['model', 'stream', 'messages', 'user', 'safety_identifier', 'prompt_cache_key', 'metadata']);
const HINTS = ['prompt_cache_key', 'user', 'safety_identifier'] as const;

/** Reads the body as latin1 text. Throws a `GatewayError` that names the field at fault. */
export function readRoutingFields(text: string): RoutingFields {
  const members = readMembers(text, WANTED);
  return {
    ...readCommon(text, members),
    sessionHint: sessionHint(text, members),
    promptPrefix: promptPrefix(text, members),
  };
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
