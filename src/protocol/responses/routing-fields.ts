/** What routing needs out of a Responses request body. */
import { sessionHint } from '../openai/routing-fields.js';
import type { RoutingFields } from '../protocol.js';
import { type Members, readCommon, readMembers, readString, shortened, upToFirstUser } from '../routing-fields.js';

const WANTED = new Set([
  'model',
  'stream',
  'instructions',
  'input',
  'user',
  'safety_identifier',
  'prompt_cache_key',
  'metadata',
  'previous_response_id',
]);

/** Reads the body as latin1 text. Throws a `GatewayError` that names the field at fault. */
export function readRoutingFields(text: string): RoutingFields {
  const members = readMembers(text, WANTED);
  const previousResponseId = readString(text, members.get('previous_response_id'));
  return {
    ...readCommon(text, members),
    sessionHint: sessionHint(text, members),
    promptPrefix: promptPrefix(text, members),
    ...(previousResponseId && { previousResponseId }),
  };
}

/** The instructions and every item up to and including the first message of the user, or the input that is a string. */
function promptPrefix(text: string, members: Members): string | undefined {
  const instructions = members.get('instructions');
  const input = members.get('input');
  const isList = input !== undefined && text.charCodeAt(input.start) === 0x5b;
  const start = isList ? upToFirstUser(text, input) : input;
  const parts = [instructions, start].map((span) => (span ? shortened(text, span) : ''));
  return parts.some((part) => part !== '' && part !== 'null') ? parts.join('\0') : undefined;
}
