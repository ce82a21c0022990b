import type OpenAI from 'openai';
import { test } from 'tap';
import { readRequest } from './read-request.js';

type Body = Partial<OpenAI.ChatCompletionCreateParams> | Record<string, unknown>;

const read = (body: Body) => readRequest({ model: 'alias', messages: [{ role: 'user', content: 'Hi' }], ...body }, 'target');
const TOOL = { type: 'function', function: { name: 'f', parameters: { type: 'object' } } };

test('the request says what the client said, asks for the target, and no more', async (t) => {
  t.strictSame(read({}), {
    from: 'chat',
    model: 'target',
    stream: false,
    system: [],
    turns: [{ role: 'user', parts: [{ kind: 'text', text: 'Hi', at: 'messages[0].content' }] }],
    tools: [],
    includeUsage: false,
    others: {},
    lost: [],
    fields: { system: 'messages', turns: 'messages' },
  });
});

test('null and what is the default anyway are as absent', async (t) => {
  const nothing = {
    n: 1,
    stream: false,
    stream_options: null,
    temperature: null,
    stop: [],
    tools: null,
    tool_choice: null,
    parallel_tool_calls: true,
    response_format: { type: 'text' },
    modalities: ['text'],
    frequency_penalty: 0,
    presence_penalty: 0,
    logprobs: false,
    logit_bias: {},
    store: false,
    service_tier: 'auto',
    functions: [],
    user: '',
    metadata: {},
    seed: null,
  };
  t.strictSame(read(nothing), read({}));
});

test('edge case 1: the choice of a tool in all its forms', async (t) => {
  const choice = (tool_choice: unknown) => read({ tools: [TOOL], tool_choice }).toolChoice;
  for (const kind of ['auto', 'none', 'required']) t.strictSame(choice(kind), { kind });
  t.strictSame(choice({ type: 'function', function: { name: 'f' } }), { kind: 'tool', name: 'f' });
  t.strictSame(choice({ type: 'custom', custom: { name: 'f' } }), { kind: 'tool', name: 'f' });
  t.strictSame(
    choice({
      type: 'allowed_tools',
      allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'f' } }] },
    }),
    {
      kind: 'allowed',
      names: ['f'],
      mode: 'required',
    },
  );
  t.throws(() => choice('any'), { param: 'tool_choice', code: 'invalid_request' });
  t.throws(() => choice({ type: 'function' }), { param: 'tool_choice.function', code: 'invalid_request' });
  t.throws(() => choice({ type: 'web_search' }), { param: 'tool_choice.type', code: 'unsupported_value' });
});

test('edge case 2: parallel calls switched off are told, switched on are the default', async (t) => {
  t.equal(read({ tools: [TOOL], parallel_tool_calls: false }).parallelTools, false);
  t.equal(read({ tools: [TOOL], parallel_tool_calls: true }).parallelTools, undefined);
});

test('edge case 4: tools without parameters, with strict and description, custom tools, cache marks', async (t) => {
  const tools = (...each: object[]) => read({ tools: each }).tools;
  t.strictSame(tools({ type: 'function', function: { name: 'f' } }), [{ kind: 'function', name: 'f', at: 'tools[0]' }]);
  t.strictSame(
    tools({
      function: { name: 'f', description: 'D', parameters: { type: 'object' }, strict: true },
      cache_control: { type: 'ephemeral' },
    }),
    [{ kind: 'function', name: 'f', description: 'D', at: 'tools[0]', cache: {}, schema: { type: 'object' }, strict: true }],
  );
  const format = { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "a"' } };
  t.strictSame(tools({ type: 'custom', custom: { name: 'c', format } }), [{ kind: 'custom', name: 'c', at: 'tools[0]', format }]);
  t.strictSame(tools({ type: 'custom', custom: { name: 'c', format: { type: 'text' } } }), [
    { kind: 'custom', name: 'c', at: 'tools[0]' },
  ]);
});

test('edge case 4: tools that a provider runs are refused by name, and functions of the old form', async (t) => {
  t.throws(() => read({ tools: [TOOL, { type: 'web_search' }] }), { code: 'unsupported_value', param: 'tools[1].type' });
  t.throws(() => read({ functions: [{ name: 'f' }] }), { code: 'unsupported_value', param: 'functions' });
  t.throws(() => read({ tools: [{ type: 'function', function: {} }] }), {
    code: 'invalid_request',
    param: 'tools[0].function.name',
  });
});

test('edge case 18: max_completion_tokens counts before max_tokens, and what did not count is told', async (t) => {
  t.match(read({ max_tokens: 5 }), { maxOutput: 5, fields: { maxOutput: 'max_tokens' }, lost: [] });
  t.match(read({ max_tokens: 5, max_completion_tokens: 9 }), {
    maxOutput: 9,
    fields: { maxOutput: 'max_completion_tokens' },
    lost: ['max_tokens'],
  });
  t.strictSame(read({ max_tokens: 9, max_completion_tokens: 9 }).lost, []);
  for (const max_tokens of [0, -1, 1.5, '5'])
    t.throws(() => read({ max_tokens } as Body), { param: 'max_tokens', code: 'invalid_request' });
});

test('edge case 19: stop is one sequence or a list', async (t) => {
  t.strictSame(read({ stop: 'END' }).stop, ['END']);
  t.strictSame(read({ stop: ['a', '', 'b'] }).stop, ['a', 'b']);
  t.equal(read({ stop: '' }).stop, undefined);
  t.throws(() => read({ stop: ['a', 5] }), { param: 'stop', code: 'invalid_request' });
});

test('edge case 20: several answers, audio and searches are refused; what only tunes is passed on by its name', async (t) => {
  for (const [body, param] of [
    [{ n: 2 }, 'n'],
    [{ modalities: ['text', 'audio'] }, 'modalities'],
    [{ web_search_options: {} }, 'web_search_options'],
  ] as const)
    t.throws(() => read(body), { code: 'unsupported_value', param });
  const tuning = {
    seed: 5,
    logit_bias: { 5: 1 },
    frequency_penalty: 0.5,
    top_logprobs: 2,
    logprobs: true,
    store: true,
    anything: { else: 1 },
  };
  t.strictSame(read(tuning).others, tuning);
  t.match(read({ temperature: 1.7, top_p: 0.5, top_k: 40 }), { temperature: 1.7, topP: 0.5, topK: 40, others: {} });
});

test('edge case 21: the user is the safety identifier before the user; metadata is texts', async (t) => {
  t.match(read({ user: 'u' }), { user: 'u', fields: { user: 'user' } });
  t.match(read({ user: 'u', safety_identifier: 's' }), { user: 's', fields: { user: 'safety_identifier' }, lost: ['user'] });
  t.strictSame(read({ metadata: { a: 'b' } }).metadata, { a: 'b' });
  t.throws(() => read({ metadata: { a: 5 } as never }), { param: 'metadata.a', code: 'invalid_request' });
});

test('edge case 22: output as JSON, by schema or free, and how hard to think', async (t) => {
  t.strictSame(read({ response_format: { type: 'json_object' } }).outputFormat, { kind: 'json' });
  const json_schema = { name: 'n', description: 'd', schema: { type: 'object' }, strict: true };
  t.strictSame(read({ response_format: { type: 'json_schema', json_schema } }).outputFormat, { kind: 'schema', ...json_schema });
  t.throws(() => read({ response_format: { type: 'json_schema', json_schema: { name: 'n' } } }), {
    param: 'response_format.json_schema.schema',
    code: 'invalid_request',
  });
  t.throws(() => read({ response_format: { type: 'xml' } } as never), { param: 'response_format.type', code: 'invalid_request' });
  t.strictSame(read({ reasoning_effort: 'high' }).reasoning, { mode: 'on', effort: 'high' });
  t.strictSame(read({ reasoning_effort: 'none' }).reasoning, { mode: 'off' });
});

test('edge case 37: usage is shown to the client that asked for it; padding that nobody makes is told', async (t) => {
  t.equal(read({ stream: true, stream_options: { include_usage: true } }).includeUsage, true);
  t.strictSame(read({ stream: true, stream_options: { include_obfuscation: false } }).lost, []);
  t.strictSame(read({ stream: true, stream_options: { include_obfuscation: true } }).lost, [
    'stream_options.include_obfuscation',
  ]);
});

test('the same request is read the same way, whatever the order of its members', async (t) => {
  const body = { temperature: 0.5, user: 'u', top_p: 0.1, max_tokens: 5, tools: [TOOL] };
  const turned = Object.fromEntries(Object.entries(body).reverse());
  t.equal(JSON.stringify(read(body)), JSON.stringify(read(turned)));
});
