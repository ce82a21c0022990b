/** Checks a request of OpenAI's chat completions as strictly as the API does, and tells what it asks. */
import { checkSampling, type Family } from '../family.js';
import { newSeen, type Seen, schemaHash, type Understood } from '../seen.js';
import { type JsonObject, Shape } from '../shape.js';
import { readConversation } from './messages.js';

const TOP = [
  ...['messages', 'model', 'audio', 'frequency_penalty', 'function_call', 'functions', 'logit_bias', 'logprobs'],
  ...[
    'max_completion_tokens',
    'max_tokens',
    'metadata',
    'modalities',
    'n',
    'parallel_tool_calls',
    'prediction',
    'presence_penalty',
  ],
  ...['prompt_cache_key', 'prompt_cache_retention', 'reasoning_effort', 'response_format', 'safety_identifier', 'seed'],
  ...[
    'service_tier',
    'stop',
    'store',
    'stream',
    'stream_options',
    'temperature',
    'tool_choice',
    'tools',
    'top_logprobs',
    'top_p',
  ],
  ...['user', 'verbosity', 'web_search_options'],
];
/** Passed on and not looked into. */
const OTHERS = [
  ...['frequency_penalty', 'presence_penalty', 'logit_bias', 'logprobs', 'top_logprobs', 'seed', 'n', 'store', 'modalities'],
  ...['prediction', 'prompt_cache_retention', 'web_search_options'],
];
const NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const MOST_STOPS = 4;
export const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
export const TIERS = ['auto', 'default', 'flex', 'scale', 'priority'] as const;

/** @throws RequestFault 400 with the field at fault. */
export function readChat(body: JsonObject, family: Family): Understood {
  const top = new Shape(body, '', { places: 'brackets', nullIsAbsent: true });
  top.only(TOP);
  const seen = newSeen();
  const schemas = readTools(top, seen);
  readToolChoice(top, seen);
  readTuning(top, seen);
  readFormat(top, seen);
  for (const name of OTHERS) if (top.has(name)) seen.others[name] = top.any(name);
  const { lastText, results } = readConversation(top, seen);
  const stream = top.flag('stream') ?? false;
  const options = top.inner('stream_options');
  options?.only(['include_usage', 'include_obfuscation']);
  if (options && !stream) top.fail('stream_options', "only allowed when 'stream' is enabled");
  const effort = top.oneOf('reasoning_effort', EFFORTS);
  const thinking = effort !== undefined && effort !== 'none';
  if (effort !== undefined) seen.reasoning = { on: thinking, effort };
  checkFamily(top, family, effort);
  const silent = family.openai !== undefined;
  return {
    seen,
    stream,
    silent,
    includeUsage: options?.flag('include_usage') ?? false,
    encrypted: false,
    thinking,
    lastText,
    results,
    schemas,
  };
}

/** What OpenAI's own models refuse, each by its family. */
function checkFamily(top: Shape, family: Family, effort: string | undefined): void {
  checkSampling(top, family, effort);
  if (family.openai === 'reasoning' && top.has('max_tokens'))
    top.fail('max_tokens', "is not supported with this model. Use 'max_completion_tokens' instead.");
  if (family.refusesStop && top.has('stop')) top.fail('stop', 'is not supported with this model');
  const thought = family.openai ? top.inners('messages')?.find((message) => message.has('reasoning_content')) : undefined;
  thought?.fail('reasoning_content', 'Additional properties are not allowed');
}

function readTools(top: Shape, seen: Seen): Map<string, unknown> {
  const schemas = new Map<string, unknown>();
  const tools = top.inners('tools');
  if (tools?.length === 0) top.fail('tools', 'empty array. Expected an array with minimum length 1');
  for (const tool of tools ?? []) {
    const custom = tool.oneOf('type', ['function', 'custom']) === 'custom';
    tool.only(['type', custom ? 'custom' : 'function']);
    const inner = tool.mustInner(custom ? 'custom' : 'function');
    inner.only(custom ? ['name', 'description', 'format'] : ['name', 'description', 'parameters', 'strict']);
    const name = inner.matching('name', NAME);
    const schema = inner.inner('parameters')?.value;
    if (schema && schema['type'] !== 'object')
      inner.fail('parameters', `Invalid schema for function '${name}': schema must be of type "object"`);
    schemas.set(name, schema);
    const description = inner.text('description');
    const strict = inner.flag('strict');
    seen.tools.push({
      ...{ name, schemaHash: schemaHash(schema ?? null) },
      ...(description === undefined ? {} : { description }),
      ...(strict === undefined ? {} : { strict }),
      ...(custom ? { custom } : {}),
    });
  }
  return schemas;
}

function readToolChoice(top: Shape, seen: Seen): void {
  const parallel = top.flag('parallel_tool_calls');
  if (parallel !== undefined) seen.parallel = parallel;
  const none = seen.tools.length === 0;
  if (none && parallel !== undefined) top.fail('parallel_tool_calls', "only allowed when 'tools' are specified");
  if (!top.has('tool_choice')) return;
  if (none) top.fail('tool_choice', "only allowed when 'tools' are specified");
  if (typeof top.value['tool_choice'] === 'string') {
    seen.toolChoice = top.oneOf('tool_choice', ['auto', 'none', 'required']) as string;
    return;
  }
  const choice = top.mustInner('tool_choice');
  const type = choice.oneOf('type', ['function', 'custom', 'allowed_tools']) ?? choice.fail('type', 'is missing');
  if (type === 'allowed_tools') {
    seen.toolChoice = `allowed:${JSON.stringify(choice.mustInner('allowed_tools').value['tools'])}`;
    return;
  }
  choice.only(['type', type]);
  const name = choice.mustInner(type).mustText('name');
  if (!seen.tools.some((tool) => tool.name === name))
    top.fail('tool_choice', `Tool choice '${name}' not found in 'tools' parameter`);
  seen.toolChoice = `tool:${name}`;
}

function readTuning(top: Shape, seen: Seen): void {
  if (top.has('max_tokens') && top.has('max_completion_tokens'))
    top.fail('max_tokens', "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.");
  const text = typeof top.value['stop'] === 'string';
  const stop = text ? [top.mustText('stop')] : top.texts('stop');
  if (stop && (stop.length > MOST_STOPS || stop.length === 0)) top.fail('stop', 'expected 1 to 4 sequences');
  const members = {
    stop,
    maxTokens: top.whole('max_completion_tokens', 1) ?? top.whole('max_tokens', 1),
    temperature: top.number('temperature', 0, 2),
    topP: top.number('top_p', 0, 1),
    user: top.text('safety_identifier') ?? top.text('user'),
    serviceTier: top.oneOf('service_tier', TIERS),
    cacheKey: top.text('prompt_cache_key'),
    verbosity: top.oneOf('verbosity', ['low', 'medium', 'high']),
    metadata: top.inner('metadata')?.value,
  };
  Object.assign(seen, Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)));
}

function readFormat(top: Shape, seen: Seen): void {
  const format = top.inner('response_format');
  if (!format) return;
  const type = format.oneOf('type', ['text', 'json_object', 'json_schema']);
  format.only(type === 'json_schema' ? ['type', 'json_schema'] : ['type']);
  if (type === 'json_object') seen.format = { kind: 'json' };
  if (type !== 'json_schema') return;
  const inner = format.mustInner('json_schema');
  inner.only(['name', 'schema', 'strict', 'description']);
  seen.format = { kind: 'schema', name: inner.matching('name', NAME), schemaHash: schemaHash(inner.mustInner('schema').value) };
}
