/** What routing needs out of a Messages request body, and no more. */
import type { RoutingFields } from '../protocol.js';
import { firstMessages, type Members, readMembers, readModel, readStream, shortened, userOfMetadata } from '../routing-fields.js';

const WANTED = new Set(['model', 'stream', 'messages', 'system', 'metadata']);

/** Reads the body as latin1 text. Throws a `GatewayError` that names the field at fault. */
export function readRoutingFields(text: string): RoutingFields {
  const members = readMembers(text, WANTED);
  return {
    ...readModel(text, members),
    stream: readStream(text, members),
    sessionHint: userOfMetadata(text, members),
    promptPrefix: promptPrefix(text, members),
  };
}

/** `system` as written, and the messages to the user's first; no prompt without messages. */
function promptPrefix(text: string, members: Members): string | undefined {
  const messages = firstMessages(text, members.get('messages'));
  const system = members.get('system');
  if (messages === undefined || !system) return messages;
  return `${shortened(text, system.start, system.end)}\0${messages}`;
}
