import type OpenAI from 'openai';
import { test } from 'tap';
import type { GatewayError } from '../../errors.js';
import { seal } from '../middle/proof.js';
import type { MiddleRequest } from '../middle/request.js';
import { readRequest } from './read-request.js';

type Body = OpenAI.Responses.ResponseCreateParams;

const read = (body: Partial<Body>): MiddleRequest =>
  readRequest({ model: 'alias', input: 'Hi', ...body } as Record<string, unknown>, 'target');
const loose = (body: object): MiddleRequest => read(body as Partial<Body>);

function refusal(body: object): GatewayError | undefined {
  try {
    loose(body);
    return undefined;
  } catch (error) {
    return error as GatewayError;
  }
}

const call = { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' } as const;
const result = { type: 'function_call_output', call_id: 'c1', output: 'ok' } as const;
const tool = { type: 'function', name: 'f', parameters: null, strict: null } as const;

test('a string is one message of the user; the model is the target’s', async (t) => {
  const request = read({ instructions: 'Be kind.' });
  t.match(request, { from: 'responses', model: 'target', stream: false, lost: [], others: {} });
  t.strictSame(request.system, [{ kind: 'text', text: 'Be kind.', at: 'instructions' }]);
  t.strictSame(request.turns, [{ role: 'user', parts: [{ kind: 'text', text: 'Hi', at: 'input' }] }]);
});

test('messages are read with and without a type, with a string or parts; the system’s wherever they stand', async (t) => {
  const { system, turns } = read({
    instructions: 'One.',
    input: [
      { role: 'user', content: 'Hi' },
      { role: 'developer', content: 'Two.' },
      { type: 'message', role: 'system', content: [{ type: 'input_text', text: 'Three.' }] },
      { role: 'assistant', content: 'Yes?' },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Bye' }] },
    ],
  });
  t.same(
    system.map(({ text }) => text),
    ['One.', 'Two.', 'Three.'],
  );
  t.match(turns, [
    { role: 'user' },
    { role: 'assistant', parts: [{ text: 'Yes?' }] },
    { role: 'user', parts: [{ text: 'Bye' }] },
  ]);
});

test('edge case 1: every form of tool_choice is read; one that names no tool is refused', async (t) => {
  const choiceOf = (tool_choice: unknown) => loose({ tools: [tool], tool_choice }).toolChoice;
  for (const kind of ['auto', 'none', 'required']) t.same(choiceOf(kind), { kind });
  t.same(choiceOf({ type: 'function', name: 'f' }), { kind: 'tool', name: 'f' });
  t.same(choiceOf({ type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'f' }] }), {
    kind: 'allowed',
    mode: 'required',
    names: ['f'],
  });
  const custom = { tools: [{ type: 'custom', name: 'c' }], tool_choice: { type: 'custom', name: 'c' } };
  t.same(loose(custom).toolChoice, { kind: 'tool', name: 'c' });
  t.match(refusal({ tools: [tool], tool_choice: { type: 'function', name: 'g' } }), { param: 'tool_choice.name' });
  t.match(refusal({ tools: [tool], tool_choice: { type: 'web_search_preview' } }), { code: 'unsupported_value' });
});

test('edge case 2: parallel calls are only spoken of where they are forbidden and there are tools', async (t) => {
  t.equal(read({ tools: [tool], parallel_tool_calls: false }).parallelTools, false);
  t.notOk('parallelTools' in read({ tools: [tool], parallel_tool_calls: true }));
  t.notOk('parallelTools' in read({ parallel_tool_calls: false }));
  t.notOk('toolChoice' in read({ tool_choice: 'auto' }));
});

test('edge case 4: functions and custom tools are read, those of the provider are refused by name', async (t) => {
  const schema = { type: 'object', properties: { a: { type: 'string' } } };
  const grammar = { type: 'grammar', syntax: 'lark', definition: 'start: "a"' };
  const { tools, lost } = loose({
    tools: [
      { type: 'function', name: 'f', description: 'does', parameters: schema, strict: true, defer_loading: true },
      { type: 'custom', name: 'c', format: grammar },
      { type: 'custom', name: 'd', format: { type: 'text' } },
    ],
  });
  t.strictSame(tools, [
    { kind: 'function', name: 'f', description: 'does', at: 'tools[0]', schema, strict: true },
    { kind: 'custom', name: 'c', at: 'tools[1]', format: grammar },
    { kind: 'custom', name: 'd', at: 'tools[2]' },
  ]);
  t.same(lost, ['tools[0].defer_loading']);
  for (const type of [
    'web_search',
    'file_search',
    'code_interpreter',
    'computer',
    'mcp',
    'local_shell',
    'shell',
    'apply_patch',
    'namespace',
  ])
    t.match(refusal({ tools: [{ type, name: 'x' }] }), {
      status: 400,
      code: 'unsupported_value',
      param: 'tools[0].type',
      message: new RegExp(`'${type}'`),
    });
});

test('a search offered beside the own tools of a client is let go by name, not one that is asked for', async (t) => {
  const own = { type: 'function', name: 'f', parameters: {} };
  const { tools, lost } = read({ tools: [{ type: 'web_search' }, own as never] });
  t.same([tools.map(({ name }) => name), lost], [['f'], ['tools[0]']]);
  t.match(refusal({ tools: [{ type: 'web_search' }, own], tool_choice: { type: 'web_search' } }), { code: 'unsupported_value' });
  t.match(refusal({ tools: [{ type: 'mcp', name: 'x' }, own] }), { code: 'unsupported_value' });
});

test('edge case 5: no arguments are {}, and what is no JSON stays as it is', async (t) => {
  const inputOf = (written: string) => {
    const part = read({ input: [{ ...call, arguments: written }, result] }).turns[0]?.parts[0];
    return part?.kind === 'tool-call' ? part.input : undefined;
  };
  t.same([inputOf(''), inputOf(' '), inputOf('{"a":1}'), inputOf('{"a":')], ['{}', '{}', '{"a":1}', '{"a":']);
});

test('edge case 9: what a tool answers is a string or text, images and files', async (t) => {
  const output = [
    { type: 'input_text', text: 'see' },
    { type: 'input_text', text: ' ' },
    { type: 'input_image', image_url: 'https://x.test/a.png' },
    { type: 'input_file', file_url: 'https://x.test/a.pdf' },
  ];
  const { turns } = loose({ input: [call, { ...result, output }] });
  t.match(turns[1]?.parts, [
    { kind: 'tool-result', id: 'c1', parts: [{ text: 'see' }, { kind: 'image' }, { kind: 'document' }] },
  ]);
  t.match(loose({ input: [call, { ...result, output: '' }] }).turns[1]?.parts, [{ parts: [] }]);
});

test('edge case 10: text beside tool calls stays, in order', async (t) => {
  const { turns } = read({ input: [{ role: 'assistant', content: 'Let me see.' }, call, result] });
  t.match(turns[0]?.parts, [{ kind: 'text', text: 'Let me see.' }, { kind: 'tool-call' }]);
});

test('edge case 11: call_id is what links; calls of custom tools keep their free text', async (t) => {
  const { turns } = read({
    input: [
      { ...call, id: 'fc_1' },
      { type: 'custom_tool_call', id: 'ctc_1', call_id: 'c2', name: 'patch', input: '*** not JSON' },
      { type: 'custom_tool_call_output', call_id: 'c2', output: 'done' },
      result,
    ],
  });
  t.match(turns, [
    { role: 'assistant', parts: [{ id: 'c1' }, { id: 'c2', input: '*** not JSON', custom: true }] },
    { role: 'user', parts: [{ id: 'c2', custom: true }, { id: 'c1' }] },
  ]);
  t.match(refusal({ input: [result] }), { status: 400, param: 'input[0]' });
});

test('edge case 14: empty and blank text is no part, and without any the request says nothing', async (t) => {
  const { turns } = read({
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: ' \n' },
          { type: 'input_text', text: 'Hi' },
        ],
      },
      { role: 'assistant', content: '' },
      { role: 'user', content: 'there' },
    ],
  });
  t.match(turns, [{ role: 'user', parts: [{ text: 'Hi' }, { text: 'there' }] }]);
  t.equal(turns.length, 1);
  t.match(refusal({ input: '  ' }), { param: 'input' });
});

test('edge case 16: images and files by address, as data and by id', async (t) => {
  const partsOf = (...content: object[]) => loose({ input: [{ role: 'user', content }] }).turns[0]?.parts;
  t.match(partsOf({ type: 'input_image', image_url: 'https://x.test/a.png', detail: 'high' }), [
    { kind: 'image', source: { by: 'url', url: 'https://x.test/a.png' }, detail: 'high' },
  ]);
  t.match(partsOf({ type: 'input_image', image_url: 'data:image/jpg;base64,QUJD', detail: 'auto' }), [
    { source: { by: 'data', mediaType: 'image/jpeg', base64: 'QUJD' }, detail: undefined },
  ]);
  t.match(partsOf({ type: 'input_image', file_id: 'file-1' }), [{ source: { by: 'file', maker: 'openai', id: 'file-1' } }]);
  t.match(partsOf({ type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,QUJD' }), [
    { kind: 'document', name: 'a.pdf', source: { by: 'data', mediaType: 'application/pdf', base64: 'QUJD' } },
  ]);
  t.match(partsOf({ type: 'input_file', filename: 'a.txt', file_data: 'data:text/plain;charset=utf-8;base64,w6Q=' }), [
    { source: { by: 'text', text: 'ä' } },
  ]);
  t.match(refusal({ input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'ftp://x' }] }] }), {
    param: 'input[0].content[0].image_url',
  });
});

test('edge case 21: the user is named by either field, the newer first', async (t) => {
  t.match(read({ user: 'u' }), { user: 'u', fields: { user: 'user' }, lost: [] });
  t.match(read({ safety_identifier: 's', user: 'u' }), { user: 's', fields: { user: 'safety_identifier' }, lost: ['user'] });
  t.match(read({ metadata: { a: 'b' } }), { metadata: { a: 'b' } });
  t.notOk('metadata' in read({ metadata: {} }));
});

test('edge case 22: text.format, verbosity and reasoning are read, "off" included', async (t) => {
  const schema = { type: 'object' };
  t.match(read({ text: { format: { type: 'json_schema', name: 'n', schema, strict: true }, verbosity: 'low' } }), {
    outputFormat: { kind: 'schema', name: 'n', schema, strict: true },
    verbosity: 'low',
    fields: { outputFormat: 'text.format', verbosity: 'text.verbosity' },
  });
  t.same(read({ text: { format: { type: 'json_object' } } }).outputFormat, { kind: 'json' });
  t.notOk('outputFormat' in read({ text: { format: { type: 'text' } } }));
  t.same(read({ reasoning: { effort: 'high', summary: 'auto' } }).reasoning, { mode: 'on', effort: 'high', summary: 'auto' });
  t.match(read({ reasoning: { effort: 'none' } }).reasoning, { mode: 'off' });
  t.notOk('reasoning' in read({ reasoning: { effort: null, summary: null } }));
});

test('edge case 23: what needs a memory is refused, and told how to do without', async (t) => {
  const refused = {
    previous_response_id: 'resp_1',
    conversation: 'conv_1',
    store: true,
    background: true,
    prompt: { id: 'pmpt_1' },
  };
  for (const [name, value] of Object.entries(refused))
    t.match(refusal({ [name]: value }), { status: 400, code: 'unsupported_value', param: name }, name);
  for (const item of [{ type: 'item_reference', id: 'msg_1' }, { id: 'msg_1' }])
    t.match(refusal({ input: [item] }), { code: 'unsupported_value', param: 'input[0]' });
  t.match(refusal({ input: [{ type: 'compaction', encrypted_content: 'x' }] }), {
    param: 'input[0].type',
    message: /'compaction'/,
  });
  t.same(
    read({ store: false, background: false, previous_response_id: null, include: ['reasoning.encrypted_content'] }).lost,
    [],
  );
});

test('edge case 42: reasoning comes back to its maker: sealed to the one named, raw to OpenAI, bare to none', async (t) => {
  const partsOf = (...items: object[]) => loose({ input: [...items, { role: 'user', content: 'go' }] }).turns[0]?.parts;
  const summary = [{ type: 'summary_text', text: 'hm' }];
  const item = { type: 'reasoning', id: 'rs_1', summary };
  t.strictSame(partsOf({ ...item, encrypted_content: 'gAAA' }), [
    { kind: 'thinking', text: 'hm', maker: 'openai', id: 'rs_1', at: 'input[0]', proof: 'gAAA' },
  ]);
  t.strictSame(partsOf({ ...item, encrypted_content: seal({ maker: 'anthropic', proof: 'sig' }) }), [
    { kind: 'thinking', text: 'hm', maker: 'anthropic', at: 'input[0]', proof: 'sig' },
  ]);
  t.strictSame(partsOf({ ...item, summary: [], encrypted_content: seal({ maker: 'anthropic', proof: 'x', redacted: true }) }), [
    { kind: 'redacted-thinking', maker: 'anthropic', at: 'input[0]', proof: 'x' },
  ]);
  t.match(partsOf({ ...item, summary: [], content: [{ type: 'reasoning_text', text: 'raw' }] }), [
    { text: 'raw', maker: 'chat' },
  ]);
  t.match(partsOf({ ...item, summary: [] }), [{ kind: 'text', text: 'go' }], 'nothing of it is left');
});

test('what is left out is named, what says nothing is not', async (t) => {
  const { lost, others } = loose({
    include: ['reasoning.encrypted_content', 'message.output_text.logprobs'],
    top_logprobs: 3,
    truncation: 'disabled',
    service_tier: 'auto',
    max_tool_calls: 5,
    made_up: null,
    stream_options: { include_obfuscation: false },
    input: [
      {
        type: 'message',
        id: 'msg_1',
        status: 'completed',
        role: 'assistant',
        phase: 'commentary',
        content: [{ type: 'output_text', text: 'a', annotations: [], logprobs: [] }],
      },
    ],
  });
  t.same(lost, ['include.message.output_text.logprobs', 'top_logprobs', 'input[0].phase']);
  t.same(others, { max_tool_calls: 5 });
  t.same(loose({ truncation: 'auto' }).others, { truncation: 'auto' });
});

test('edge case 31: a refusal of the assistant stays a refusal', async (t) => {
  const { turns } = loose({ input: [{ role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] }] });
  t.match(turns[0]?.parts, [{ kind: 'refusal', text: 'No.' }]);
});

test('a fault is a 400 with the path of its field', async (t) => {
  const faults: [object, string][] = [
    [{ input: undefined }, 'input'],
    [{ input: 5 }, 'input'],
    [{ input: ['x'] }, 'input[0]'],
    [{ input: [{ content: 'x' }] }, 'input[0].type'],
    [{ input: [{ role: 'tool', content: 'x' }] }, 'input[0].role'],
    [{ input: [{ role: 'user', content: [{ type: 'input_text' }] }] }, 'input[0].content[0].text'],
    [{ input: [{ role: 'assistant', content: [{ type: 'input_image', image_url: 'https://x.test' }] }] }, 'input[0].content[0]'],
    [{ input: [{ type: 'function_call', name: 'f', arguments: '{}' }] }, 'input[0].call_id'],
    [{ temperature: 'hot' }, 'temperature'],
    [{ max_output_tokens: -1 }, 'max_output_tokens'],
    [{ max_output_tokens: 0 }, 'max_output_tokens'],
    [{ text: { format: { type: 'json_schema', name: 'n' } } }, 'text.format.schema'],
    [{ metadata: { a: 1 } }, 'metadata.a'],
    [{ tools: [{ type: 'function' }] }, 'tools[0].name'],
  ];
  for (const [body, param] of faults) t.match(refusal(body), { status: 400, code: 'invalid_request', param }, param);
});
