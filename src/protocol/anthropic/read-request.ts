/** A client's Messages request, as its members are named in Anthropic's API reference ("Create a message"). */
import { Fields, invalid, isText, type JsonObject, unsupported } from '../middle/fields.js';
import type { MiddleField, MiddleRequest, OutputFormat, Reasoning } from '../middle/request.js';
import { readOutputFormat } from './read-output-format.js';
import { readParts } from './read-parts.js';
import { noteRest } from './read-rest.js';
import { readToolChoice, readTools } from './read-tools.js';
import { readTurns } from './read-turns.js';

/** What only Anthropic's own service can do, and what a request that asks for it would not get. */
const REFUSED: Readonly<Record<string, string>> = {
  container: 'asks for a container that only Anthropic runs',
  mcp_servers: 'asks for MCP servers that only Anthropic connects to',
  thread: 'continues a conversation that only Anthropic stores',
  inference_geo: 'asks for a place of inference that cannot be promised',
};

/** Members of the middle form and the client's names for them. */
const NAMES: Readonly<Partial<Record<MiddleField, string>>> = {
  system: 'system',
  turns: 'messages',
  tools: 'tools',
  toolChoice: 'tool_choice',
  parallelTools: 'tool_choice.disable_parallel_tool_use',
  maxOutput: 'max_tokens',
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  stop: 'stop_sequences',
  user: 'metadata.user_id',
  serviceTier: 'service_tier',
};

/** @throws GatewayError 400 with the path of the field at fault. */
export function readRequest(body: JsonObject, model: string): MiddleRequest {
  const fields = new Fields(body, '');
  const lost: string[] = [];
  fields.any('model');
  refuseOwnServices(fields, lost);
  const { turns, system } = readTurns(fields, lost);
  const tools = readTools(fields, lost);
  const { user } = readMetadata(fields, lost);
  const values = {
    ...readToolChoice(fields, tools, lost),
    maxOutput: readMaxOutput(fields),
    temperature: fields.number('temperature'),
    topP: fields.number('top_p'),
    topK: fields.count('top_k'),
    stop: readStop(fields),
    user,
    serviceTier: fields.text('service_tier'),
    ...readOutputConfig(fields, lost),
  };
  return {
    from: 'messages',
    model,
    stream: fields.flag('stream') ?? false,
    system: [...readSystem(fields, lost), ...system],
    turns,
    tools,
    ...defined(values),
    others: Object.fromEntries(fields.rest()),
    lost,
    fields: namesOf(fields, values),
  };
}

function refuseOwnServices(fields: Fields, lost: string[]): void {
  for (const [name, why] of Object.entries(REFUSED)) {
    const value = fields.any(name);
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) throw unsupported(name, why);
  }
  for (const edit of fields.inner('context_management')?.inners('edits') ?? []) {
    // Claude Code sends this one always; thinking of other turns is left out anyway where it cannot be proven.
    if (edit.text('type')?.startsWith('clear_thinking')) lost.push('context_management');
    else throw unsupported(edit.at('type'), 'asks for an edit of the context that only Anthropic makes');
  }
}

function readSystem(fields: Fields, lost: string[]): MiddleRequest['system'] {
  const parts = readParts(fields, 'system', lost);
  return parts.map((part) => {
    if (part.kind === 'text') return part;
    throw invalid(part.at, 'must be text');
  });
}

function readMaxOutput(fields: Fields): number | undefined {
  const most = fields.count('max_tokens');
  if (most === 0) throw unsupported('max_tokens', 'asks to fill a cache without an answer, which only Anthropic does');
  return most;
}

function readStop(fields: Fields): readonly string[] | undefined {
  const stop = fields.list('stop_sequences');
  if (stop && !stop.every(isText)) throw invalid('stop_sequences', 'must be a list of strings');
  return stop && stop.length > 0 ? stop.filter(isText) : undefined;
}

function readMetadata(fields: Fields, lost: string[]): { user?: string } {
  const metadata = fields.inner('metadata');
  if (!metadata) return {};
  const user = metadata.text('user_id');
  noteRest(metadata, lost);
  return user ? { user } : {};
}

interface Output {
  readonly reasoning?: Reasoning;
  readonly outputFormat?: OutputFormat;
}

function readOutputConfig(fields: Fields, lost: string[]): Output {
  const config = fields.inner('output_config');
  const effort = config?.text('effort');
  const reasoning = readThinking(fields.inner('thinking'), effort, lost);
  const format = config?.inner('format') ?? fields.inner('output_format');
  const outputFormat = format && readOutputFormat(format);
  if (config) noteRest(config, lost);
  return { ...(reasoning && { reasoning }), ...(outputFormat && { outputFormat }) };
}

function readThinking(thinking: Fields | undefined, effort: string | undefined, lost: string[]): Reasoning | undefined {
  // Effort without `thinking` leaves it to the model whether to think at all.
  if (!thinking) return effort === undefined ? undefined : { mode: 'adaptive', effort };
  const type = thinking.required(thinking.oneOf('type', ['enabled', 'disabled', 'adaptive', 'between_tools']), 'type');
  const budget = thinking.count('budget_tokens');
  const display = thinking.text('display');
  noteRest(thinking, lost);
  if (type === 'disabled' || type === 'between_tools') return { mode: 'off' };
  return {
    mode: type === 'adaptive' ? 'adaptive' : 'on',
    ...(effort !== undefined && { effort }),
    ...(budget !== undefined && { budget }),
    ...(display !== undefined && { summary: display === 'omitted' ? 'omitted' : 'auto' }),
  };
}

function namesOf(fields: Fields, values: Readonly<Record<string, unknown>>): MiddleRequest['fields'] {
  const set = Object.entries(NAMES).filter(([member, name]) => values[member] !== undefined || fields.has(name));
  return {
    ...Object.fromEntries(set),
    ...(values.reasoning !== undefined && { reasoning: fields.has('thinking') ? 'thinking' : 'output_config.effort' }),
    ...(values.outputFormat !== undefined && {
      outputFormat: fields.has('output_config') ? 'output_config.format' : 'output_format',
    }),
  };
}

function defined<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
