import type OpenAI from 'openai';
import { test } from 'tap';
import type { MiddleRequest, OutputFormat, Reasoning, Tool, ToolChoice } from '../middle/request.js';
import { writeRequest } from './write-request.js';

const FIELDS = {
  tools: 'tools',
  toolChoice: 'tool_choice',
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  stop: 'stop_sequences',
  reasoning: 'thinking',
  verbosity: 'text.verbosity',
  user: 'metadata.user_id',
  metadata: 'metadata',
  serviceTier: 'service_tier',
} as const;

/** The client names what it sets, and nothing else. */
const namesOf = (parts: object) => Object.fromEntries(Object.entries(FIELDS).filter(([field]) => field in parts));

function write(parts: Partial<MiddleRequest>) {
  const written = writeRequest({
    from: 'messages',
    model: 'local-model',
    stream: false,
    system: [],
    turns: [{ role: 'user', parts: [{ kind: 'text', text: 'Hi', at: 'm' }] }],
    tools: [],
    others: {},
    lost: [],
    fields: namesOf(parts),
    ...parts,
  });
  const { model: _model, messages: _messages, ...rest } = written.body;
  return { ...written, rest: rest as Partial<OpenAI.ChatCompletionCreateParams> };
}

const tool = (name: string, more: Partial<Tool> = {}): Tool => ({ kind: 'function', name, at: 'tools[0]', ...more });
const GPT = { reasoning: 'gpt-5', resting: 'gpt-5.2', plain: 'gpt-4o', series: 'o3-mini' };

test('a request that says little is written as little', async (t) => {
  const { body, dropped, hints } = write({});
  t.strictSame(body, { model: 'local-model', messages: [{ role: 'user', content: 'Hi' }] });
  t.strictSame({ dropped, hints }, { dropped: [], hints: {} });
});

test('edge case 37: usage is always asked for in a stream, and nothing of it else', async (t) => {
  t.strictSame(write({ stream: true }).rest, { stream: true, stream_options: { include_usage: true } });
  t.strictSame(write({ includeUsage: true }).rest, {});
});

test('edge case 1: a choice is written in chat’s words, behind the tools', async (t) => {
  const choose = (toolChoice: ToolChoice, model = 'local-model') =>
    write({ tools: [tool('f'), tool('g')], toolChoice, model }).rest;
  for (const kind of ['auto', 'none', 'required'] as const) t.equal(choose({ kind }).tool_choice, kind);
  t.strictSame(choose({ kind: 'tool', name: 'g' }).tool_choice, { type: 'function', function: { name: 'g' } });
  const allowed = { kind: 'allowed', names: ['g'], mode: 'required' } as const;
  t.strictSame(choose(allowed, 'gpt-4o').tool_choice, {
    type: 'allowed_tools',
    allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'g' } }] },
  });
  const narrowed = choose(allowed);
  t.equal(narrowed.tool_choice, 'required');
  t.match(narrowed.tools, [{ function: { name: 'g' } }]);
  t.equal(narrowed.tools?.length, 1);
});

test('edge case 1: a choice of a tool that is not there is refused by the client’s name of it', async (t) => {
  const at = { code: 'invalid_request', param: 'tool_choice' };
  t.throws(() => write({ tools: [tool('f')], toolChoice: { kind: 'tool', name: 'g' } }), at);
  t.throws(() => write({ tools: [tool('f')], toolChoice: { kind: 'allowed', names: ['f', 'g'], mode: 'auto' } }), at);
  t.throws(() => write({ tools: [tool('f')], toolChoice: { kind: 'allowed', names: [], mode: 'auto' } }), at);
  t.throws(() => write({ toolChoice: { kind: 'required' } }), at);
});

test('edge case 2: parallel calls are spoken of only where there are tools, and force none', async (t) => {
  t.strictSame(write({ parallelTools: false, toolChoice: { kind: 'auto' } }).rest, {});
  const { tool_choice, parallel_tool_calls } = write({ parallelTools: false, tools: [tool('f')] }).rest;
  t.strictSame({ tool_choice, parallel_tool_calls }, { tool_choice: undefined, parallel_tool_calls: false });
});

test('edge case 4: every tool has a schema of an object with properties; strict and description are kept', async (t) => {
  const parameters = (more: Partial<Tool>) => {
    const { rest, dropped } = write({ tools: [tool('f', more)] });
    return { said: (rest.tools![0] as OpenAI.ChatCompletionFunctionTool).function, dropped };
  };
  t.strictSame(parameters({}).said, { name: 'f', parameters: { type: 'object', properties: {} } });
  t.strictSame(parameters({ description: 'D', strict: false, schema: { type: 'object', required: [] } }).said, {
    name: 'f',
    description: 'D',
    parameters: { type: 'object', properties: {}, required: [] },
    strict: false,
  });
  const branch = (name: string) => ({
    type: 'object',
    properties: { [name]: { type: 'string' }, kind: {} },
    required: [name, 'kind'],
  });
  const union = parameters({ schema: { anyOf: [branch('a'), branch('b')], description: 'one of' } });
  t.strictSame(union.said.parameters, {
    type: 'object',
    properties: { a: { type: 'string' }, kind: {}, b: { type: 'string' } },
    description: 'one of',
    required: ['kind'],
  });
  t.strictSame(union.dropped, ['tools[].input_schema'], 'looser than it was, and told');
  t.strictSame(parameters({ schema: { allOf: [branch('a'), branch('b')] } }).said.parameters?.required, ['a', 'kind', 'b']);
});

test('edge case 11: a custom tool is one for gpt-5, its grammar in chat’s form; others get a function that wraps its text', async (t) => {
  const patch = tool('patch', {
    kind: 'custom',
    description: 'Edits.',
    format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' },
  });
  const native = write({ model: 'gpt-5', tools: [patch], toolChoice: { kind: 'tool', name: 'patch' } });
  const grammar = { syntax: 'lark', definition: 'start: "a"' };
  t.strictSame(native.rest.tools, [
    { type: 'custom', custom: { name: 'patch', description: 'Edits.', format: { type: 'grammar', grammar } } },
  ]);
  t.strictSame(native.rest.tool_choice, { type: 'custom', custom: { name: 'patch' } });
  t.strictSame(native.hints, {});
  const wrapped = write({ tools: [patch] });
  t.match(wrapped.rest.tools, [
    {
      type: 'function',
      function: { name: 'patch', description: /^Edits\.[\s\S]*start: "a"$/, parameters: { required: ['input'] } },
    },
  ]);
  t.strictSame(wrapped.hints, { customTools: ['patch'] });
  t.strictSame(wrapped.dropped, ['tools[].format']);
});

test('edge case 6: names that OpenAI does not take are shortened everywhere alike, with the way back', async (t) => {
  const name = `mcp.${'x'.repeat(80)}`;
  const { rest, hints } = write({ tools: [tool(name)], toolChoice: { kind: 'tool', name } });
  const fitted = (rest.tool_choice as OpenAI.ChatCompletionNamedToolChoice).function.name;
  t.match(fitted, /^[\w-]{1,64}$/);
  t.match(rest.tools, [{ function: { name: fitted } }]);
  t.strictSame({ ...hints?.toolNames }, { [fitted]: name });
});

test('edge case 18: OpenAI’s reasoning models take max_completion_tokens, all others max_tokens', async (t) => {
  for (const model of ['o1', 'o3-mini', 'o4-mini-2025-04-16', 'gpt-5', 'gpt-5.2-codex', 'openai/gpt-5-nano', 'gpt-5-chat-latest'])
    t.strictSame(write({ model, maxOutput: 9 }).rest, { max_completion_tokens: 9 }, model);
  for (const model of [
    'gpt-4o',
    'gpt-4.1',
    'gpt-35-turbo',
    'chatgpt-4o-latest',
    'gpt-oss-120b',
    'o1js',
    'olmo-2',
    'deepseek-chat',
    'qwen3',
  ])
    t.strictSame(write({ model, maxOutput: 9 }).rest, { max_tokens: 9 }, model);
});

test('edge case 19: up to four stop sequences; more, or a model without them, is refused by the client’s name', async (t) => {
  t.strictSame(write({ stop: ['a', 'b'] }).rest, { stop: ['a', 'b'] });
  t.throws(() => write({ stop: ['a', 'b', 'c', 'd', 'e'] }), { code: 'unsupported_value', param: 'stop_sequences' });
  t.throws(() => write({ stop: ['a'], model: 'o3' }), { code: 'unsupported_value', param: 'stop_sequences' });
});

test('edge case 20: what a thinking model of OpenAI’s does not take is dropped by name, 1 being what it does anyway', async (t) => {
  const sampling = { temperature: 0.5, topP: 0.9, topK: 5 };
  t.match(write(sampling), { rest: { temperature: 0.5, top_p: 0.9 }, dropped: ['top_k'] });
  t.strictSame(write({ ...sampling, model: GPT.reasoning }).rest, {});
  t.strictSame(write({ ...sampling, model: GPT.reasoning }).dropped, ['top_k', 'temperature', 'top_p']);
  t.strictSame(write({ temperature: 1, topP: 1, model: GPT.series }).dropped, []);
  t.strictSame(write({ temperature: 0.5, model: GPT.resting }).rest, { temperature: 0.5 }, 'gpt-5.2 does not think unless asked');
  t.strictSame(write({ temperature: 0.5, model: GPT.resting, reasoning: { mode: 'on', effort: 'low' } }).rest, {
    reasoning_effort: 'low',
  });
});

test('edge case 21: the user is told, by a digest where the name is too long; metadata would be refused and is dropped', async (t) => {
  t.match(write({ user: 'u'.repeat(64) }), { rest: { user: 'u'.repeat(64) }, dropped: [] });
  const long = write({ user: 'u'.repeat(65) });
  t.match(long.rest.user, /^[0-9a-f]{64}$/);
  t.strictSame(long.dropped, ['metadata.user_id']);
  t.strictSame(write({ user: 'u', fields: { user: 'safety_identifier' } }).rest, { safety_identifier: 'u' });
  t.match(write({ metadata: { a: 'b' } }), { dropped: ['metadata'] });
  t.strictSame(write({ metadata: { a: 'b' } }).rest, {});
});

test('edge case 22: output by schema or as JSON', async (t) => {
  const format: OutputFormat = { kind: 'schema', name: 'n', description: 'd', schema: { type: 'object' }, strict: true };
  t.strictSame(write({ outputFormat: format }).rest.response_format, {
    type: 'json_schema',
    json_schema: { name: 'n', description: 'd', schema: { type: 'object' }, strict: true },
  });
  t.strictSame(write({ outputFormat: { kind: 'json' } }).rest.response_format, { type: 'json_object' });
});

test('edge case 22: how hard to think, in the words that the model takes; another word than the client’s is told', async (t) => {
  const think = (reasoning: Reasoning, model: string) => {
    const { rest, dropped } = write({ reasoning, model });
    return [rest.reasoning_effort, ...dropped];
  };
  const effort = (word: string): Reasoning => ({ mode: 'on', effort: word });
  t.strictSame(think(effort('high'), GPT.reasoning), ['high']);
  t.strictSame(think(effort('max'), GPT.resting), ['xhigh', 'thinking']);
  t.strictSame(think(effort('max'), GPT.series), ['high', 'thinking']);
  t.strictSame(think(effort('minimal'), GPT.reasoning), ['minimal']);
  t.strictSame(think(effort('minimal'), GPT.resting), ['low', 'thinking']);
  t.strictSame(think(effort('xhigh'), 'local-model'), ['high', 'thinking']);
  t.strictSame(think(effort('low'), 'gpt-5-pro'), ['high', 'thinking']);
  t.strictSame(think(effort('low'), GPT.plain), [undefined, 'thinking'], 'gpt-4o refuses the field');
});

test('edge case 22: thinking switched off is none where that is known, and told where it is not', async (t) => {
  const off = (model: string) => {
    const { rest, dropped } = write({ reasoning: { mode: 'off' }, model });
    return [rest.reasoning_effort, ...dropped];
  };
  t.strictSame(off('gpt-5.1'), ['none']);
  for (const model of ['gpt-5', 'o3', 'gpt-5.1-codex', 'local-model']) t.strictSame(off(model), [undefined, 'thinking'], model);
});

test('edge case 22: a budget of tokens becomes an effort and is told; thinking as the model likes is its default', async (t) => {
  const think = (reasoning: Reasoning, model = 'local-model') => write({ reasoning, model });
  for (const [budget, effort] of [
    [1024, 'low'],
    [10_000, 'medium'],
    [31_999, 'high'],
  ] as const)
    t.match(think({ mode: 'on', budget }), { rest: { reasoning_effort: effort }, dropped: ['thinking.budget_tokens'] });
  t.strictSame(think({ mode: 'adaptive' }).rest, {});
  t.strictSame(think({ mode: 'adaptive' }, GPT.resting).rest, { reasoning_effort: 'medium' }, 'which would not think by itself');
  t.match(think({ mode: 'adaptive', summary: 'omitted' }), { dropped: ['thinking.display'] });
});

test('a tier is written where OpenAI has its equal, and dropped by name else', async (t) => {
  t.strictSame(write({ serviceTier: 'standard_only' }).rest, { service_tier: 'default' });
  t.strictSame(write({ serviceTier: 'flex' }).rest, { service_tier: 'flex' });
  t.match(write({ serviceTier: 'auto' }), { rest: {}, dropped: [] });
  t.match(write({ serviceTier: 'toString' }), { rest: {}, dropped: ['service_tier'] });
});

test('verbosity goes to gpt-5 alone, the cache key to all', async (t) => {
  t.strictSame(write({ verbosity: 'low', model: GPT.reasoning }).rest, { verbosity: 'low' });
  t.match(write({ verbosity: 'low' }), { rest: {}, dropped: ['text.verbosity'] });
  t.strictSame(write({ promptCacheKey: 'k' }).rest, { prompt_cache_key: 'k' });
});

test('edge case 23: what needs a memory or a provider’s own tools is refused by name', async (t) => {
  for (const name of ['previous_response_id', 'conversation', 'background', 'prompt', 'container', 'mcp_servers'])
    t.throws(() => write({ from: 'responses', others: { [name]: 'x' } }), { code: 'unsupported_value', param: name });
});

test('fields that chat has under the same name and meaning pass, of others nothing, and it is told', async (t) => {
  const others = { prompt_cache_retention: '24h', truncation: 'auto', seed: 1 };
  t.match(write({ from: 'responses', others }), { rest: { prompt_cache_retention: '24h' }, dropped: ['truncation', 'seed'] });
  t.strictSame(write({ from: 'messages', others }).dropped, Object.keys(others));
  t.strictSame(write({ from: 'chat', others }).rest, others);
});

test('the same request is the same text, whatever the order in which it was read', async (t) => {
  const parts = { temperature: 0.5, maxOutput: 5, user: 'u', tools: [tool('f')], stream: true, stop: ['a'] };
  const turned = Object.fromEntries(Object.entries(parts).reverse());
  t.equal(JSON.stringify(write(parts).body), JSON.stringify(write(turned).body));
});
