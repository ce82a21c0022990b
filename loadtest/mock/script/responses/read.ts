/** Checks a request of OpenAI's Responses as strictly as the API does (store off), and tells what it asks. */
import { EFFORTS, TIERS } from '../chat/read.js';
import { checkSampling, type Family } from '../family.js';
import { newSeen, type Seen, schemaHash, type Understood } from '../seen.js';
import { type JsonObject, Shape } from '../shape.js';
import { readInput } from './input.js';

const TOP = [
  ...[
    'background',
    'context_management',
    'conversation',
    'include',
    'input',
    'instructions',
    'max_output_tokens',
    'max_tool_calls',
  ],
  ...['metadata', 'model', 'parallel_tool_calls', 'previous_response_id', 'prompt', 'prompt_cache_key', 'prompt_cache_retention'],
  ...[
    'reasoning',
    'safety_identifier',
    'service_tier',
    'store',
    'stream',
    'stream_options',
    'temperature',
    'text',
    'tool_choice',
  ],
  ...['tools', 'top_logprobs', 'top_p', 'truncation', 'user'],
];
const STATEFUL = ['previous_response_id', 'conversation', 'prompt'];
const NAME = /^[a-zA-Z0-9_-]{1,64}$/;
/** The API takes no smaller `max_output_tokens`. */
const LEAST_OUTPUT = 16;

/** @throws RequestFault 400 with the field at fault. */
export function readResponses(body: JsonObject, family: Family): Understood {
  const top = new Shape(body, '', { places: 'brackets', nullIsAbsent: true });
  top.only(TOP);
  for (const name of STATEFUL) if (top.has(name)) top.fail(name, 'not found: this mock keeps nothing');
  const seen = newSeen();
  const instructions = top.text('instructions');
  if (instructions !== undefined) seen.system.push(instructions);
  const schemas = readTools(top, seen);
  readToolChoice(top, seen);
  readTuning(top, seen);
  readText(top, seen);
  const thinking = readReasoning(top, seen);
  checkSampling(top, family, seen.reasoning?.effort);
  if (family.openai === 'plain' && top.has('reasoning')) top.fail('reasoning', 'is not supported with this model');
  const encrypted = top.texts('include')?.includes('reasoning.encrypted_content') ?? false;
  if (family.openai === 'plain' && encrypted) top.fail('include', 'Encrypted content is not supported with this model.');
  const { lastText, results } = readInput(top, seen);
  return { seen, stream: top.flag('stream') ?? false, includeUsage: true, encrypted, thinking, lastText, results, schemas };
}

function readTools(top: Shape, seen: Seen): Map<string, unknown> {
  const schemas = new Map<string, unknown>();
  for (const tool of top.inners('tools') ?? []) {
    const type = tool.oneOf('type', ['function', 'custom']) ?? tool.fail('type', 'is missing');
    tool.only(
      type === 'custom' ? ['type', 'name', 'description', 'format'] : ['type', 'name', 'description', 'parameters', 'strict'],
    );
    const name = tool.matching('name', NAME);
    const schema = tool.inner('parameters')?.value;
    if (type === 'function' && !schema && tool.value['parameters'] === undefined) tool.fail('parameters', 'is missing');
    if (schema && schema['type'] !== 'object')
      tool.fail('parameters', `Invalid schema for function '${name}': schema must be of type "object"`);
    schemas.set(name, schema);
    const description = tool.text('description');
    const strict = tool.flag('strict');
    seen.tools.push({
      ...{ name, schemaHash: schemaHash(schema ?? null) },
      ...(description === undefined ? {} : { description }),
      ...(strict === undefined ? {} : { strict }),
      ...(type === 'custom' ? { custom: true } : {}),
    });
  }
  return schemas;
}

function readToolChoice(top: Shape, seen: Seen): void {
  const parallel = top.flag('parallel_tool_calls');
  if (parallel !== undefined) seen.parallel = parallel;
  if (!top.has('tool_choice')) return;
  if (typeof top.value['tool_choice'] === 'string') {
    seen.toolChoice = top.oneOf('tool_choice', ['auto', 'none', 'required']) as string;
    return;
  }
  const choice = top.mustInner('tool_choice');
  if (choice.oneOf('type', ['function', 'custom', 'allowed_tools']) === 'allowed_tools') {
    seen.toolChoice = `allowed:${JSON.stringify(choice.value['tools'])}`;
    return;
  }
  choice.only(['type', 'name']);
  const name = choice.mustText('name');
  if (!seen.tools.some((tool) => tool.name === name))
    top.fail('tool_choice', `Tool choice '${name}' not found in 'tools' parameter`);
  seen.toolChoice = `tool:${name}`;
}

function readTuning(top: Shape, seen: Seen): void {
  const members = {
    maxTokens: top.whole('max_output_tokens', LEAST_OUTPUT),
    temperature: top.number('temperature', 0, 2),
    topP: top.number('top_p', 0, 1),
    user: top.text('safety_identifier') ?? top.text('user'),
    serviceTier: top.oneOf('service_tier', TIERS),
    cacheKey: top.text('prompt_cache_key'),
    metadata: top.inner('metadata')?.value,
  };
  Object.assign(seen, Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)));
  for (const name of ['store', 'truncation', 'top_logprobs', 'background', 'max_tool_calls'])
    if (top.has(name)) seen.others[name] = top.any(name);
}

function readText(top: Shape, seen: Seen): void {
  const text = top.inner('text');
  if (!text) return;
  text.only(['format', 'verbosity']);
  const verbosity = text.oneOf('verbosity', ['low', 'medium', 'high']);
  if (verbosity !== undefined) seen.verbosity = verbosity;
  const format = text.inner('format');
  const type = format?.oneOf('type', ['text', 'json_object', 'json_schema']);
  if (type === 'json_object') seen.format = { kind: 'json' };
  if (!format || type !== 'json_schema') return;
  format.only(['type', 'name', 'schema', 'strict', 'description']);
  seen.format = { kind: 'schema', name: format.matching('name', NAME), schemaHash: schemaHash(format.mustInner('schema').value) };
}

function readReasoning(top: Shape, seen: Seen): boolean {
  const reasoning = top.inner('reasoning');
  if (!reasoning) return false;
  reasoning.only(['effort', 'summary', 'generate_summary']);
  reasoning.oneOf('summary', ['auto', 'concise', 'detailed']);
  const effort = reasoning.oneOf('effort', EFFORTS);
  const on = effort !== 'none';
  seen.reasoning = { on, ...(effort === undefined ? {} : { effort }) };
  return on;
}
