import type OpenAI from 'openai';
import { test } from 'tap';
import type { GatewayError } from '../../errors.js';
import type { MiddleRequest, Part, Turn } from '../middle/request.js';
import { writeRequest } from './write-request.js';

type Body = OpenAI.Responses.ResponseCreateParams;

const text = (said: string, at = 'messages[0].content'): Part => ({ kind: 'text', text: said, at });
const hello: Turn = { role: 'user', parts: [text('Hi')] };

/** By what a Messages client calls them. */
const NAMES = { stop: 'stop_sequences', temperature: 'temperature', topK: 'top_k', user: 'metadata.user_id' };

function request(members: Partial<MiddleRequest> = {}): MiddleRequest {
  const named = Object.entries(NAMES).filter(([field]) => field in members);
  const fields = { ...Object.fromEntries(named), ...members.fields };
  const empty = { system: [], turns: [hello], tools: [], others: {}, lost: [] };
  return { from: 'messages', model: 'gpt-5.1', stream: false, ...empty, ...members, fields };
}

const write = (members?: Partial<MiddleRequest>) => writeRequest(request(members));
const bodyOf = (members?: Partial<MiddleRequest>) => write(members).body as unknown as Body;
const inputOf = (...turns: Turn[]) => bodyOf({ turns, from: 'chat' }).input as unknown[];

function refusal(members: Partial<MiddleRequest>): GatewayError | undefined {
  try {
    write(members);
    return undefined;
  } catch (error) {
    return error as GatewayError;
  }
}

const call = (id = 'c1', name = 'f'): Part => ({ kind: 'tool-call', id, name, input: '{"a":1}', at: 'messages[1].content[0]' });
const tool = { kind: 'function', name: 'f', at: 'tools[0]' } as const;

test('it leaves nothing at the upstream, and a model that reasons gives its thought along encrypted', async (t) => {
  for (const model of ['gpt-5', 'gpt-5.1-codex', 'o3', 'o4-mini-2025-04-16', 'openai/gpt-5-mini'])
    t.match(bodyOf({ model }), { model, store: false, include: ['reasoning.encrypted_content'] });
  for (const model of ['gpt-4o', 'llama-3']) {
    t.equal(bodyOf({ model }).store, false);
    t.notOk('include' in bodyOf({ model }));
  }
});

test('a model that nobody knows gives its thought along encrypted where it was asked to think', async (t) => {
  const reasoning = { mode: 'on', effort: 'high' } as const;
  t.match(bodyOf({ model: 'llama-3', reasoning }), { include: ['reasoning.encrypted_content'] });
  t.notOk('include' in bodyOf({ model: 'gpt-4o', reasoning }), 'one that is known not to think is not asked');
});

test('the same request is the same text', async (t) => {
  const members = {
    system: [{ kind: 'text', text: 'Be kind.', at: 'system' } as const],
    tools: [tool],
    stream: true,
    maxOutput: 99,
  };
  t.equal(JSON.stringify(write(members)), JSON.stringify(write(structuredClone(members))));
  const { body } = write({ tools: [tool], maxOutput: 99, stream: true });
  t.same(Object.keys(body), ['model', 'input', 'tools', 'max_output_tokens', 'stream', 'store', 'include']);
});

test('instructions are one string, in order', async (t) => {
  const system = ['One.', 'Two.'].map((said) => ({ kind: 'text' as const, text: said, at: 'system', cache: {} }));
  const { body, dropped } = write({ system });
  t.equal(body.instructions, 'One.\n\nTwo.');
  t.same(dropped, ['system.cache_control']);
});

test('edge case 1: every choice has its form, and one of no tool is refused', async (t) => {
  const choiceOf = (toolChoice: MiddleRequest['toolChoice']) =>
    bodyOf({ toolChoice, tools: [tool, { kind: 'custom', name: 'c', at: 'tools[1]' }] }).tool_choice;
  for (const kind of ['auto', 'none', 'required'] as const) t.equal(choiceOf({ kind }), kind);
  t.same(choiceOf({ kind: 'tool', name: 'f' }), { type: 'function', name: 'f' });
  t.same(choiceOf({ kind: 'tool', name: 'c' }), { type: 'custom', name: 'c' });
  t.same(choiceOf({ kind: 'allowed', mode: 'auto', names: ['f', 'c'] }), {
    type: 'allowed_tools',
    mode: 'auto',
    tools: [
      { type: 'function', name: 'f' },
      { type: 'custom', name: 'c' },
    ],
  });
  const fields = { toolChoice: 'tool_choice.name' };
  t.match(refusal({ tools: [tool], toolChoice: { kind: 'tool', name: 'g' }, fields }), { param: 'tool_choice.name' });
});

test('edge case 2: parallel calls are not spoken of without tools', async (t) => {
  t.equal(bodyOf({ tools: [tool], parallelTools: false }).parallel_tool_calls, false);
  t.notOk('parallel_tool_calls' in bodyOf({ parallelTools: false }));
  t.notOk('tool_choice' in bodyOf({ toolChoice: { kind: 'auto' } }));
});

test('edge case 4: a schema is an object with properties, without a union at its root; strict is always said', async (t) => {
  const toolsOf = (schema?: Record<string, unknown>, strict?: boolean) =>
    write({ tools: [{ ...tool, ...(schema && { schema }), ...(strict !== undefined && { strict }) }] });
  t.same(toolsOf().body.tools, [{ type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: false }]);
  const exact = { type: 'object', properties: { a: {} }, required: ['a'], additionalProperties: false };
  t.match(toolsOf(exact, true).body.tools, [{ parameters: exact, strict: true }]);
  const union = { anyOf: [{ properties: { a: {} } }, { properties: { b: {} } }] };
  const { body, dropped } = toolsOf(union, true);
  t.match(body.tools, [{ parameters: { type: 'object', properties: { a: {}, b: {} }, anyOf: undefined }, strict: false }]);
  t.same(dropped, ['tools[].input_schema']);
});

test('a custom tool’s grammar is flat here, however the client wrote it', async (t) => {
  const flat = { type: 'grammar', syntax: 'lark', definition: 'x' };
  for (const format of [flat, { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } }])
    t.same(bodyOf({ tools: [{ kind: 'custom', name: 'c', format, at: 'tools[0]' }] }).tools, [
      { type: 'custom', name: 'c', format: flat },
    ]);
});

test('edge case 6: ids and names that do not fit become fitting ones, the same for call, result and choice', async (t) => {
  const id = `toolu:${'x'.repeat(80)}`;
  const name = 'mcp.server/tool';
  const { body, hints } = write({
    turns: [
      { role: 'assistant', parts: [call(id, name)] },
      { role: 'user', parts: [{ kind: 'tool-result', id, parts: [], at: '' }] },
    ],
    tools: [{ ...tool, name }],
    toolChoice: { kind: 'tool', name },
  });
  const [called, answered] = body.input as { call_id: string; name: string }[];
  t.match(called?.call_id, /^[\w-]{1,64}$/);
  t.equal(called?.call_id, answered?.call_id);
  t.match(called?.name, /^[\w-]{1,64}$/);
  t.match(body, { tools: [{ name: called?.name }], tool_choice: { name: called?.name } });
  t.same(hints?.toolNames, { [String(called?.name)]: name });
});

test('edge case 8: results of tools come before the words of the same turn, in order', async (t) => {
  const results: Part[] = ['c1', 'c2'].map((id) => ({ kind: 'tool-result', id, parts: [text(`of ${id}`) as never], at: '' }));
  t.strictSame(
    inputOf({ role: 'assistant', parts: [call('c1'), call('c2')] }, { role: 'user', parts: [...results, text('Go on.')] }).slice(
      2,
    ),
    [
      { type: 'function_call_output', call_id: 'c1', output: 'of c1' },
      { type: 'function_call_output', call_id: 'c2', output: 'of c2' },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Go on.' }] },
    ],
  );
});

test('edge case 9: a result of several parts stays a list, an error of a tool is named as lost', async (t) => {
  const image: Part = { kind: 'image', source: { by: 'url', url: 'https://x.test/a.png' }, at: '' };
  const result: Part = {
    kind: 'tool-result',
    id: 'c1',
    isError: true,
    parts: [text('see') as never, image],
    at: 'messages[2].content[0]',
  };
  const { body, dropped } = write({
    turns: [
      { role: 'assistant', parts: [call()] },
      { role: 'user', parts: [result] },
    ],
  });
  t.match(body.input, [
    {},
    {
      output: [
        { type: 'input_text', text: 'see' },
        { type: 'input_image', image_url: 'https://x.test/a.png', detail: 'auto' },
      ],
    },
  ]);
  t.same(dropped, ['messages[].content[].is_error']);
});

test('edge case 10: text beside calls keeps its place', async (t) => {
  t.match(inputOf(hello, { role: 'assistant', parts: [text('Let me see.'), call()] }), [
    {},
    { role: 'assistant', content: [{ type: 'output_text', text: 'Let me see.' }] },
    { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"a":1}' },
  ]);
});

test('edge case 16: images and files in their forms; those of another provider are refused', async (t) => {
  const contentOf = (...parts: Part[]) => (inputOf({ role: 'user', parts }) as { content: unknown }[])[0]?.content;
  const data = { by: 'data', mediaType: 'application/pdf', base64: 'QUJD' } as const;
  t.strictSame(
    contentOf(
      { kind: 'image', source: { ...data, mediaType: 'image/png' }, detail: 'low', at: '' },
      { kind: 'image', source: { by: 'file', maker: 'openai', id: 'file-1' }, at: '' },
      { kind: 'document', source: data, name: 'a.pdf', at: '' },
      { kind: 'document', source: { by: 'url', url: 'https://x.test/a.pdf' }, at: '' },
      { kind: 'document', source: { by: 'text', text: 'words' }, name: 'a.txt', at: '' },
    ),
    [
      { type: 'input_image', detail: 'low', image_url: 'data:image/png;base64,QUJD' },
      { type: 'input_image', detail: 'auto', file_id: 'file-1' },
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,QUJD' },
      { type: 'input_file', file_url: 'https://x.test/a.pdf' },
      { type: 'input_text', text: 'a.txt\n\nwords' },
    ],
  );
  const foreign: Part = { kind: 'image', source: { by: 'file', maker: 'anthropic', id: 'f' }, at: 'messages[0].content[0]' };
  t.match(refusal({ turns: [{ role: 'user', parts: [foreign] }] }), {
    code: 'unsupported_value',
    param: 'messages[0].content[0]',
  });
  const audio: Part = { kind: 'audio', base64: '', format: 'wav', at: 'messages[0].content[0]' };
  t.match(refusal({ turns: [{ role: 'user', parts: [audio] }] }), { code: 'unsupported_value' });
});

test('an answer begun by a Messages client is refused, a chat client’s last word of the assistant is history', async (t) => {
  const turns: Turn[] = [hello, { role: 'assistant', parts: [text('It is', 'messages[1].content')] }];
  t.match(refusal({ turns }), { code: 'unsupported_value', param: 'messages[1].content' });
  t.equal(refusal({ turns, from: 'chat' }), undefined);
});

test('edge case 18: the limit has one name, and the API’s least counts', async (t) => {
  t.equal(bodyOf({ maxOutput: 500 }).max_output_tokens, 500);
  const { body, dropped } = write({ maxOutput: 1, fields: { maxOutput: 'max_tokens' } });
  t.equal(body.max_output_tokens, 16);
  t.same(dropped, ['max_tokens']);
});

test('edge case 19: stop sequences are refused by the client’s own name', async (t) => {
  t.match(refusal({ stop: ['END'] }), { status: 400, code: 'unsupported_value', param: 'stop_sequences' });
});

test('edge case 20: a model that thinks gets no sampling settings, another one does; top_k is known to none', async (t) => {
  t.match(write({ model: 'gpt-5', temperature: 0.2, topK: 5 }), {
    dropped: ['top_k', 'temperature'],
    body: { temperature: undefined },
  });
  t.same(write({ model: 'gpt-5', temperature: 1 }).dropped, []);
  t.match(write({ model: 'gpt-4o', temperature: 0.2, topP: 0.5 }), { body: { temperature: 0.2, top_p: 0.5 }, dropped: [] });
  t.match(write({ temperature: 0.2, reasoning: { mode: 'off' } }), { body: { temperature: 0.2, reasoning: { effort: 'none' } } });
  const others = { seed: 5, logit_bias: {}, prompt_cache_retention: '24h' };
  t.match(write({ from: 'chat', others }), {
    dropped: ['seed', 'logit_bias'],
    body: { prompt_cache_retention: '24h', seed: undefined },
  });
  t.match(refusal({ others: { mcp_servers: [{}] } }), { param: 'mcp_servers', code: 'unsupported_value' });
});

test('edge case 21: a user’s name that is too long becomes a digest, the same each time', async (t) => {
  t.match(write({ user: 'u' }), { body: { safety_identifier: 'u' }, dropped: [] });
  t.match(write({ user: 'u', fields: { user: 'user' } }).body, { user: 'u' });
  const { body, dropped } = write({ user: 'x'.repeat(65) });
  t.match(body.safety_identifier, /^[0-9a-f]{64}$/);
  t.same(dropped, ['metadata.user_id']);
});

test('edge case 22: format, verbosity and reasoning in the API’s words', async (t) => {
  const schema = { type: 'object' };
  t.same(bodyOf({ outputFormat: { kind: 'schema', name: 'n', schema, strict: true }, verbosity: 'low' }).text, {
    format: { type: 'json_schema', name: 'n', schema, strict: true },
    verbosity: 'low',
  });
  t.same(bodyOf({ outputFormat: { kind: 'json' } }).text, { format: { type: 'json_object' } });
  t.same(bodyOf({ from: 'chat', reasoning: { mode: 'on', effort: 'high' } }).reasoning, { effort: 'high' });
  t.same(bodyOf({ reasoning: { mode: 'on', budget: 4096 } }).reasoning, { effort: 'low', summary: 'auto' });
  t.same(bodyOf({ reasoning: { mode: 'on', budget: 4096, summary: 'omitted' } }).reasoning, { effort: 'low' });
  t.notOk('reasoning' in bodyOf({ model: 'gpt-4o', reasoning: { mode: 'on', budget: 4096 } }));
  t.same(write({ model: 'gpt-4o', reasoning: { mode: 'on' }, fields: { reasoning: 'thinking' } }).dropped, ['thinking']);
});

test('edge case 42: OpenAI’s own encrypted thought goes back to it, before what it led to; another’s is dropped by name', async (t) => {
  const thought = (members: object): Part =>
    ({ kind: 'thinking', text: 'hm', maker: 'openai', proof: 'gAAA', at: 'messages[1].content[0]', ...members }) as Part;
  const { body, dropped } = write({
    turns: [
      hello,
      {
        role: 'assistant',
        parts: [thought({ id: 'rs_1' }), thought({ maker: 'anthropic' }), thought({ proof: undefined }), call()],
      },
      { role: 'user', parts: [{ kind: 'tool-result', id: 'c1', parts: [], at: '' }] },
    ],
  });
  t.strictSame((body.input as unknown[])[1], {
    type: 'reasoning',
    id: 'rs_1',
    summary: [{ type: 'summary_text', text: 'hm' }],
    encrypted_content: 'gAAA',
  });
  t.match((body.input as unknown[])[2], { type: 'function_call' });
  t.same(dropped, ['messages[].content[]']);
  const trailing = write({ turns: [hello, { role: 'assistant', parts: [text('a'), thought({})] }, hello] });
  t.notMatch(JSON.stringify(trailing.body), /gAAA/);
});

test('service tiers that both know are kept, others named', async (t) => {
  t.equal(bodyOf({ serviceTier: 'standard_only' }).service_tier, 'default');
  t.match(write({ serviceTier: 'turbo', fields: { serviceTier: 'service_tier' } }), { dropped: ['service_tier'] });
});
