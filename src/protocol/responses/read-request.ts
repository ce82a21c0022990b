/** A client's Responses request as the middle form. */
import { Fields, invalid, isText } from '../middle/fields.js';
import type { MiddleField, MiddleRequest, TextPart } from '../middle/request.js';
import { isEmpty } from '../openai/leftovers.js';
import { readInput } from './read-input.js';
import { FIELD_NAMES, readOptions, refuseState } from './read-options.js';
import { readToolChoice, readTools } from './read-tools.js';

/** @throws GatewayError 400 with the client's own path of the field at fault. */
export function readRequest(value: Readonly<Record<string, unknown>>, model: string): MiddleRequest {
  const body = new Fields(value, '');
  body.any('model');
  refuseState(body);
  const lost: string[] = [];
  const tools = readTools(body, lost);
  const toolChoice = readToolChoice(body, tools);
  const parallelTools = body.flag('parallel_tool_calls');
  const userField = body.has('safety_identifier') ? 'safety_identifier' : 'user';
  const { system, turns, lost: lostOfInput } = readInput(body);
  const instructions = readInstructions(body);
  if (instructions.length + system.length + turns.length === 0) throw invalid('input', 'has nothing that says anything');
  const request = {
    model,
    stream: body.flag('stream') ?? false,
    system: [...instructions, ...system],
    turns,
    tools,
    ...(toolChoice && { toolChoice }),
    // True is what absence means, and without tools it means nothing.
    ...(parallelTools === false && tools.length > 0 && { parallelTools }),
    ...readOptions(body, lost),
  };
  dropIncludes(body, lost);
  dropStreamOptions(body, lost);
  dropLogprobs(body, lost);
  return {
    from: 'responses',
    ...request,
    others: othersOf(body),
    lost: [...lost, ...lostOfInput],
    fields: {
      ...namesOf(request),
      ...('user' in request && { user: userField }),
      ...(instructions.length === 0 && system[0] && { system: system[0].at }),
    },
  };
}

function readInstructions(body: Fields): TextPart[] {
  const text = body.text('instructions') ?? '';
  return text.trim() === '' ? [] : [{ kind: 'text', text, at: 'instructions' }];
}

/** Encrypted reasoning is always part of the answer; nothing else of the list can be had from another maker. */
function dropIncludes(body: Fields, lost: string[]): void {
  for (const [index, name] of (body.list('include') ?? []).entries())
    if (name !== 'reasoning.encrypted_content')
      lost.push(isText(name) && /^[\w.]+$/.test(name) ? `include.${name}` : `include[${index}]`);
}

/** Padding against eavesdroppers is the upstream's to add; here is none, so `false` is honoured. */
function dropStreamOptions(body: Fields, lost: string[]): void {
  for (const [name, value] of Object.entries(body.object('stream_options') ?? {}))
    if (value !== null && (name !== 'include_obfuscation' || value !== false)) lost.push(`stream_options.${name}`);
}

/** No converted answer carries them. */
function dropLogprobs(body: Fields, lost: string[]): void {
  if (body.count('top_logprobs')) lost.push('top_logprobs');
}

/** What says the same as nothing. */
const MEANINGLESS: Readonly<Record<string, unknown>> = { truncation: 'disabled' };

function othersOf(body: Fields): Record<string, unknown> {
  return Object.fromEntries(body.rest().filter(([name, value]) => !isEmpty(value) && MEANINGLESS[name] !== value));
}

function namesOf(request: Readonly<Record<string, unknown>>): MiddleRequest['fields'] {
  const set = Object.entries(FIELD_NAMES).filter(([field]) => {
    const value = request[field];
    return value !== undefined && !(Array.isArray(value) && value.length === 0);
  });
  return Object.fromEntries(set) as Partial<Record<MiddleField, string>>;
}
