/** Everything of a request but its words and tools: limits, format, reasoning, and what this stateless gateway refuses. */
import { type Fields, invalid, isText, unsupported } from '../middle/fields.js';
import type { MiddleField, MiddleRequest, OutputFormat, Reasoning } from '../middle/request.js';
import { noteRest } from './note-rest.js';

type Options = Pick<
  MiddleRequest,
  | 'maxOutput'
  | 'temperature'
  | 'topP'
  | 'outputFormat'
  | 'reasoning'
  | 'verbosity'
  | 'user'
  | 'metadata'
  | 'serviceTier'
  | 'promptCacheKey'
>;

const STATE = 'needs answers to be stored, and nothing is stored here';

/** @throws GatewayError 400 for what needs a memory of earlier answers (edge case 23). */
export function refuseState(body: Fields): void {
  if (body.has('previous_response_id'))
    throw unsupported('previous_response_id', `${STATE}: send the whole conversation as 'input'`);
  if (body.has('conversation')) throw unsupported('conversation', `${STATE}: send the whole conversation as 'input'`);
  if (body.flag('store')) throw unsupported('store', `${STATE}: leave it out or set it to false`);
  if (body.flag('background')) throw unsupported('background', STATE);
  if (body.has('prompt'))
    throw unsupported('prompt', "is a template stored elsewhere: send its words as 'instructions' and 'input'");
}

/** Members that the client set, and nothing for the others. */
export function readOptions(body: Fields, lost: string[]): Options {
  const tier = body.text('service_tier');
  return withoutAbsent({
    maxOutput: readLimit(body),
    temperature: body.number('temperature'),
    topP: body.number('top_p'),
    ...readText(body, lost),
    reasoning: readReasoning(body, lost),
    user: readUser(body, lost),
    metadata: readMetadata(body),
    serviceTier: tier === 'auto' ? undefined : tier,
    promptCacheKey: body.text('prompt_cache_key') || undefined,
  });
}

/** The client's own name of what `readOptions` and the others have read. */
export const FIELD_NAMES: Readonly<Partial<Record<MiddleField, string>>> = {
  system: 'instructions',
  turns: 'input',
  tools: 'tools',
  toolChoice: 'tool_choice',
  parallelTools: 'parallel_tool_calls',
  maxOutput: 'max_output_tokens',
  temperature: 'temperature',
  topP: 'top_p',
  outputFormat: 'text.format',
  reasoning: 'reasoning',
  verbosity: 'text.verbosity',
  user: 'user',
  metadata: 'metadata',
  serviceTier: 'service_tier',
  promptCacheKey: 'prompt_cache_key',
};

function readLimit(body: Fields): number | undefined {
  const tokens = body.count('max_output_tokens');
  if (tokens === 0) throw invalid('max_output_tokens', 'must be at least 1');
  return tokens;
}

function readText(body: Fields, lost: string[]): Pick<Options, 'outputFormat' | 'verbosity'> {
  const text = body.inner('text');
  if (!text) return {};
  const verbosity = text.text('verbosity');
  const format = text.inner('format');
  noteRest(text, lost);
  return withoutAbsent({ outputFormat: format && readFormat(format), verbosity });
}

function readFormat(format: Fields): OutputFormat | undefined {
  const type = format.required(format.oneOf('type', ['text', 'json_object', 'json_schema']), 'type');
  if (type === 'text') return undefined;
  if (type === 'json_object') return { kind: 'json' };
  return withoutAbsent({
    kind: 'schema' as const,
    name: format.required(format.text('name'), 'name'),
    description: format.text('description'),
    schema: format.required(format.object('schema'), 'schema'),
    strict: format.flag('strict'),
  });
}

/** `generate_summary` is the old name of `summary`. */
function readReasoning(body: Fields, lost: string[]): Reasoning | undefined {
  const reasoning = body.inner('reasoning');
  if (!reasoning) return undefined;
  const effort = reasoning.text('effort');
  const older = reasoning.text('generate_summary');
  const summary = reasoning.text('summary') ?? older;
  noteRest(reasoning, lost);
  if (effort === undefined && summary === undefined) return undefined;
  return withoutAbsent({ mode: effort === 'none' ? ('off' as const) : ('on' as const), effort, summary });
}

/** `safety_identifier` took the place of `user`; where both stand and differ, the newer counts. */
function readUser(body: Fields, lost: string[]): string | undefined {
  const user = body.text('user') || undefined;
  const newer = body.text('safety_identifier') || undefined;
  if (user !== undefined && newer !== undefined && user !== newer) lost.push('user');
  return newer ?? user;
}

function readMetadata(body: Fields): Options['metadata'] {
  const metadata = body.object('metadata');
  if (!metadata || Object.keys(metadata).length === 0) return undefined;
  for (const [name, value] of Object.entries(metadata))
    if (!isText(value)) throw invalid(`metadata.${name.slice(0, 64)}`, 'must be a string');
  return metadata as Record<string, string>;
}

export function withoutAbsent<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
