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

/**
 * Reads the body as latin1 text. `isNamed`: the session has a name already, so the start of the prompt is not looked for.
 * Throws a `GatewayError` that names the field at fault.
 */
export function readRoutingFields(text: string, isNamed = false): RoutingFields {
  const members = readMembers(text, WANTED);
  const previousResponseId = readString(text, members.get('previous_response_id'));
  const { model, modelSpan, stream } = readCommon(text, members);
  const hint = sessionHint(text, members);
  const prefix = isNamed || hint !== undefined || previousResponseId ? undefined : promptPrefix(text, members);
  const fields = { model, modelSpan, stream, sessionHint: hint, promptPrefix: prefix };
  return previousResponseId ? { ...fields, previousResponseId } : fields;
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
