/** The middle form as a Messages request for Anthropic, member by member in one order always: prompt caches depend on it. */
import type { WrittenRequest } from '../middle/dialect.js';
import { unsupported } from '../middle/fields.js';
import type { MiddleRequest } from '../middle/request.js';
import { writeOutputFormat } from './write-output-format.js';
import { maxTokens, writeSettings } from './write-settings.js';
import { writeSystem } from './write-system.js';
import { writeThinking } from './write-thinking.js';
import { writeTools } from './write-tools.js';
import { writeTurns } from './write-turns.js';
import { WritingState } from './writing-state.js';

/** What the client asks for and a Claude model has no way to give. */
const REFUSED: Readonly<Record<string, string>> = {
  n: 'asks for several answers; the model that serves this request gives one',
  audio: 'asks for speech; the model that serves this request answers in text',
  web_search_options: 'asks for a web search that this model is not given',
  previous_response_id: 'names an answer that the model that serves this request has not stored',
  conversation: 'names a conversation that the model that serves this request has not stored',
  background: 'asks for an answer in the background',
  prompt: 'names a prompt that only its maker has stored',
};

/** @throws GatewayError 400 `unsupported_value` with the client's own path. */
export function writeRequest(request: MiddleRequest): WrittenRequest {
  refuse(request);
  const state = new WritingState(request);
  // Tools before system before messages: the order in which a prompt is cached, and cache markers are counted.
  const tools = writeTools(state);
  const system = writeSystem(state);
  const thinking = writeThinking(state);
  const messages = writeTurns(state, thinking.active);
  state.marks.settle(state.losses);
  const format = writeOutputFormat(state);
  const outputConfig = { ...thinking.effort, ...format };
  const body = {
    model: request.model,
    max_tokens: maxTokens(state),
    ...system,
    messages,
    ...tools.offered,
    ...tools.choice(thinking.asked === 'budget'),
    ...thinking.written,
    ...(Object.keys(outputConfig).length > 0 && { output_config: outputConfig }),
    ...writeSettings(state, thinking.asked !== 'no'),
    ...(request.stream && { stream: true }),
  };
  dropTheRest(state);
  const { given } = state.names;
  const hints = { ...(given && { toolNames: given }), ...(tools.custom.length > 0 && { customTools: tools.custom }) };
  return { body, dropped: state.losses.names, ...(Object.keys(hints).length > 0 && { hints }) };
}

function refuse({ others, from }: MiddleRequest): void {
  for (const [name, why] of Object.entries(REFUSED)) {
    const value = Object.hasOwn(others, name) ? others[name] : undefined;
    if (value !== undefined && value !== null && value !== false) throw unsupported(name, why);
  }
  if (from === 'responses' && others.store === true)
    throw unsupported('store', 'asks for an answer to be stored, which the model that serves this request does not do');
  if (Array.isArray(others.modalities) && others.modalities.some((kind) => kind !== 'text'))
    throw unsupported('modalities', 'asks for more than text');
}

function dropTheRest({ request, losses }: WritingState): void {
  for (const field of ['verbosity', 'metadata', 'promptCacheKey'] as const)
    if (request[field] !== undefined) losses.dropField(field);
  for (const name of Object.keys(request.others)) losses.drop(name);
}
