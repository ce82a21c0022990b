/** Checks a request of Anthropic's Messages as strictly as the API does, and tells what it asks. */
import { checkClaude, type Family } from '../family.js';
import { RequestFault } from '../fault.js';
import { newSeen, type Seen, schemaHash, type Understood } from '../seen.js';
import { type JsonObject, Shape } from '../shape.js';
import { countCacheMark, readTextBlocks } from './blocks.js';
import { readTurns } from './turns.js';

const TOP = [
  ...['model', 'max_tokens', 'messages', 'system', 'metadata', 'stop_sequences', 'stream', 'temperature', 'top_p', 'top_k'],
  ...[
    'thinking',
    'tools',
    'tool_choice',
    'service_tier',
    'output_config',
    'cache_control',
    'container',
    'inference_geo',
    'speed',
  ],
];
const COUNT_TOP = ['model', 'messages', 'system', 'thinking', 'tools', 'tool_choice', 'output_config', 'cache_control', 'speed'];
const NAME = /^[a-zA-Z0-9_-]{1,128}$/;
const MOST_CACHE_MARKS = 4;
const LEAST_BUDGET = 1024;
const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;

/** @throws RequestFault 400 with the field at fault. */
export function readMessages(
  body: JsonObject,
  headers: NodeJS.Dict<string | string[]>,
  counting: boolean,
  family: Family,
): Understood {
  if (headers['anthropic-version'] === undefined)
    throw new RequestFault('anthropic-version', 'anthropic-version: header is required');
  const top = new Shape(body, '', { places: 'dots', nullIsAbsent: false });
  top.only(counting ? COUNT_TOP : TOP);
  const seen = newSeen();
  const maxTokens = counting ? undefined : (top.whole('max_tokens', 1) ?? top.fail('max_tokens', 'Field required'));
  Object.assign(seen, dropAbsent({ maxTokens }));
  const thinking = readThinking(top, seen, maxTokens);
  checkClaude(top, family);
  // Adaptive thinking takes forced tools, and loops that began without a thought; thinking by a budget does not.
  const manual = top.inner('thinking')?.text('type') === 'enabled';
  const shown = top.inner('thinking')?.text('display') === 'summarized';
  const omitted = family.claude === 'adaptive' && !shown;
  readSystem(top, seen);
  const schemas = readTools(top, seen);
  readToolChoice(top, seen, manual);
  readTuning(top, seen, manual);
  readOutputConfig(top, seen);
  const { lastText, results } = readTurns(top, seen, manual);
  countCacheMark(top, seen);
  if (seen.cacheMarks > MOST_CACHE_MARKS)
    throw new RequestFault(
      'cache_control',
      `A maximum of 4 blocks with cache_control may be provided. Found ${seen.cacheMarks}.`,
    );
  return {
    seen,
    stream: top.flag('stream') ?? false,
    includeUsage: true,
    encrypted: true,
    omitted,
    thinking,
    lastText,
    results,
    schemas,
  };
}

function readSystem(top: Shape, seen: Seen): void {
  if (typeof top.value['system'] === 'string') seen.system.push(top.mustText('system'));
  else for (const block of top.inners('system') ?? []) seen.system.push(...readTextBlocks([block], seen));
}

function readThinking(top: Shape, seen: Seen, maxTokens: number | undefined): boolean {
  const thinking = top.inner('thinking');
  if (!thinking) return false;
  const type = thinking.oneOf('type', ['enabled', 'disabled', 'adaptive', 'between_tools']);
  thinking.only(type === 'enabled' ? ['type', 'budget_tokens', 'display'] : ['type', 'display']);
  const budget = thinking.whole('budget_tokens', LEAST_BUDGET);
  if (type === 'enabled' && budget === undefined) thinking.fail('budget_tokens', 'Field required');
  if (budget !== undefined && maxTokens !== undefined && budget >= maxTokens)
    top.fail('max_tokens', 'must be greater than `thinking.budget_tokens`');
  seen.reasoning = { on: type !== 'disabled', ...dropAbsent({ budget }) };
  return type !== 'disabled';
}

function readTools(top: Shape, seen: Seen): Map<string, unknown> {
  const schemas = new Map<string, unknown>();
  for (const tool of top.inners('tools') ?? []) {
    tool.only([
      'name',
      'description',
      'input_schema',
      'type',
      'cache_control',
      'strict',
      'eager_input_streaming',
      'input_examples',
    ]);
    const name = tool.matching('name', NAME);
    if (schemas.has(name)) tool.fail('name', 'tool names must be unique');
    tool.oneOf('type', ['custom']);
    const schema = tool.mustInner('input_schema');
    if (schema.value['type'] !== 'object') schema.fail('type', "Input should be 'object'");
    countCacheMark(tool, seen);
    schemas.set(name, schema.value);
    const more = dropAbsent({ description: tool.text('description'), strict: tool.flag('strict') });
    seen.tools.push({ name, schemaHash: schemaHash(schema.value), ...more });
  }
  return schemas;
}

function readToolChoice(top: Shape, seen: Seen, thinking: boolean): void {
  const choice = top.inner('tool_choice');
  if (!choice) return;
  const type = choice.oneOf('type', ['auto', 'any', 'tool', 'none']) ?? choice.fail('type', 'Field required');
  choice.only(type === 'tool' ? ['type', 'name', 'disable_parallel_tool_use'] : ['type', 'disable_parallel_tool_use']);
  if (seen.tools.length === 0) top.fail('tool_choice', 'may only be specified while providing tools');
  if (thinking && (type === 'any' || type === 'tool'))
    top.fail('tool_choice', 'Thinking may not be enabled when tool_choice forces tool use.');
  const name = type === 'tool' ? choice.mustText('name') : undefined;
  if (name !== undefined && !seen.tools.some((tool) => tool.name === name))
    choice.fail('name', `Tool '${name}' not found in provided tools`);
  seen.toolChoice = name === undefined ? { auto: 'auto', any: 'required', none: 'none', tool: '' }[type] : `tool:${name}`;
  const disabled = choice.flag('disable_parallel_tool_use');
  if (disabled !== undefined) seen.parallel = !disabled;
}

function readTuning(top: Shape, seen: Seen, thinking: boolean): void {
  const temperature = top.number('temperature', 0, 1);
  const topP = top.number('top_p', 0, 1);
  const topK = top.whole('top_k', 0);
  if (thinking && temperature !== undefined && temperature !== 1)
    top.fail('temperature', 'may only be set to 1 when thinking is enabled');
  if (thinking && topK !== undefined) top.fail('top_k', 'must be unset when thinking is enabled');
  if (thinking && topP !== undefined && topP < 0.95) top.fail('top_p', 'must be at least 0.95 when thinking is enabled');
  const stop = top.texts('stop_sequences');
  if (stop?.some((sequence) => sequence.trim() === ''))
    top.fail('stop_sequences', 'each stop sequence must contain non-whitespace');
  const metadata = top.inner('metadata');
  metadata?.only(['user_id']);
  const serviceTier = top.oneOf('service_tier', ['auto', 'standard_only']);
  Object.assign(seen, dropAbsent({ temperature, topP, topK, stop, user: metadata?.text('user_id'), serviceTier }));
}

function readOutputConfig(top: Shape, seen: Seen): void {
  const config = top.inner('output_config');
  if (!config) return;
  config.only(['effort', 'format']);
  const effort = config.oneOf('effort', EFFORTS);
  if (effort !== undefined) seen.reasoning = { on: seen.reasoning?.on ?? false, ...seen.reasoning, effort };
  const format = config.inner('format');
  if (!format) return;
  format.only(['type', 'schema']);
  format.oneOf('type', ['json_schema']);
  seen.format = { kind: 'schema', schemaHash: schemaHash(format.mustInner('schema').value) };
}

function dropAbsent<Value extends object>(value: Value): Partial<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Partial<Value>;
}
