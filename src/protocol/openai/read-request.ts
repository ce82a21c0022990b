/** A chat client's request in the middle form. */
import { Fields, invalid, type JsonObject, unsupported } from '../middle/fields.js';
import type { MiddleField, MiddleRequest } from '../middle/request.js';
import { isEmpty, Leftovers } from './leftovers.js';
import { readMessages } from './read-messages.js';
import { readSettings } from './read-settings.js';
import { readToolChoice, readTools } from './read-tools.js';

/** Values that say no more than absence does. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  frequency_penalty: 0,
  presence_penalty: 0,
  logprobs: false,
  top_logprobs: 0,
  store: false,
  function_call: 'none',
};

/** @throws GatewayError 400 with the path of the field at fault. */
export function readRequest(body: JsonObject, model: string): MiddleRequest {
  const fields = new Fields(body, '');
  const leftovers = new Leftovers();
  fields.any('model');
  refuseOtherAnswers(fields);
  const { system, turns } = readMessages(fields, leftovers);
  if (system.length + turns.length === 0) throw invalid('messages', 'has no message that says anything');
  const tools = readTools(fields, leftovers);
  const toolChoice = readToolChoice(fields);
  const { names, settings } = readSettings(fields, leftovers);
  const stream = fields.flag('stream') ?? false;
  const includeUsage = readStreamOptions(fields, leftovers);
  const others = readOthers(fields);
  const named: Partial<Record<MiddleField, string>> = { system: 'messages', turns: 'messages', ...names };
  if (tools.length > 0) named.tools = 'tools';
  if (toolChoice) named.toolChoice = 'tool_choice';
  return {
    from: 'chat',
    model,
    stream,
    system,
    turns,
    tools,
    ...(toolChoice && { toolChoice }),
    ...settings,
    includeUsage,
    others,
    lost: leftovers.paths,
    fields: named,
  };
}

/** What would have the client wait for an answer that nobody gives. */
function refuseOtherAnswers(fields: Fields): void {
  const choices = fields.count('n');
  if (choices === 0) throw invalid('n', 'must be at least 1');
  if (choices !== undefined && choices > 1) throw unsupported('n', 'asks for several answers; this model gives one');
  const modalities = fields.list('modalities') ?? [];
  if (modalities.some((each) => each !== 'text')) throw unsupported('modalities', 'asks for an answer other than text');
  if (fields.has('web_search_options'))
    throw unsupported('web_search_options', 'asks for a search that this model’s provider does not run in chat');
}

function readStreamOptions(fields: Fields, leftovers: Leftovers): boolean {
  const options = fields.inner('stream_options');
  if (!options) return false;
  const includeUsage = options.flag('include_usage') ?? false;
  // Nothing is padded here: a client that asks for none has its wish.
  if (options.flag('include_obfuscation')) leftovers.add('stream_options.include_obfuscation');
  leftovers.of(options);
  return includeUsage;
}

function readOthers(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(fields.rest().filter(([name, value]) => !isEmpty(value) && DEFAULTS[name] !== value));
}
