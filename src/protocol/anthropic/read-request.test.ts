import { test } from 'tap';
import type { GatewayError } from '../../errors.js';
import { seal } from '../middle/proof.js';
import { readRequest } from './read-request.js';

const user = { role: 'user', content: 'Hello' } as const;
const read = (body: object) => readRequest({ model: 'alias', max_tokens: 100, messages: [user], ...body }, 'target');
const turnsOf = (...messages: object[]) => read({ messages }).turns;
const partsOf = (content: unknown) => turnsOf({ role: 'user', content }).flatMap(({ parts }) => parts);

function refusal(body: object): Partial<GatewayError> {
  try {
    read(body);
    return {};
  } catch (error) {
    return error as GatewayError;
  }
}

const call = { type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: 'x' } };
const result = { type: 'tool_result', tool_use_id: 'toolu_1' };
const calling = { role: 'assistant', content: [call] };

test('every setting is read, with the client’s own name for it', async (t) => {
  const request = read({
    system: 'Be kind.',
    temperature: 0.5,
    top_p: 0.9,
    top_k: 5,
    stop_sequences: ['END'],
    stream: true,
    metadata: { user_id: 'u' },
    service_tier: 'auto',
  });
  t.match(request, {
    from: 'messages',
    model: 'target',
    stream: true,
    maxOutput: 100,
    temperature: 0.5,
    topP: 0.9,
    topK: 5,
    stop: ['END'],
    user: 'u',
    serviceTier: 'auto',
    system: [{ kind: 'text', text: 'Be kind.', at: 'system' }],
    turns: [{ role: 'user', parts: [{ kind: 'text', text: 'Hello', at: 'messages[0].content' }] }],
    fields: { maxOutput: 'max_tokens', stop: 'stop_sequences', user: 'metadata.user_id', turns: 'messages' },
  });
  t.same([request.others, request.lost], [{}, []]);
});

test('null is as absent, unknown fields are left to the writer, unknown members of blocks are lost by name', async (t) => {
  const request = read({
    temperature: null,
    tools: null,
    novelty: 1,
    cache_control: { type: 'ephemeral' },
    metadata: { user_id: null, team: 'a' },
    messages: [{ role: 'user', content: [{ type: 'text', text: 'a', citations: [], cache_control: null }], extra: 1 }],
  });
  t.notOk('temperature' in request);
  t.same(request.others, { novelty: 1, cache_control: { type: 'ephemeral' } });
  t.same(request.lost.toSorted(), ['messages[0].content[0].citations', 'messages[0].extra', 'metadata.team']);
});

test('what is wrong is refused at its path', async (t) => {
  const faults: [body: object, param: string][] = [
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user' }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: [{ text: 'x' }] }] }, 'messages[0].content[0].type'],
    [{ messages: [{ role: 'user', content: [call] }] }, 'messages[0].content[0]'],
    [{ messages: [{ role: 'user', content: [result] }] }, 'messages[0].content[0]'],
    [{ max_tokens: '5' }, 'max_tokens'],
    [{ stop_sequences: [1] }, 'stop_sequences'],
    [{ thinking: { type: 'sometimes' } }, 'thinking.type'],
    [{ tool_choice: { type: 'tool', name: 'gone' } }, 'tool_choice.name'],
    [{ tools: [{ input_schema: {} }] }, 'tools[0].name'],
  ];
  for (const [body, param] of faults) t.match(refusal(body), { code: 'invalid_request', status: 400, param }, param);
});

test('what only Anthropic can do is refused by name', async (t) => {
  const asked: [body: object, param: string][] = [
    [{ container: 'c' }, 'container'],
    [{ mcp_servers: [{ name: 'x' }] }, 'mcp_servers'],
    [{ inference_geo: 'eu' }, 'inference_geo'],
    [{ context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] } }, 'context_management.edits[0].type'],
    [{ max_tokens: 0 }, 'max_tokens'],
    [{ messages: [{ role: 'user', content: [{ type: 'container_upload', file_id: 'f' }] }] }, 'messages[0].content[0].type'],
  ];
  for (const [body, param] of asked) t.match(refusal(body), { code: 'unsupported_value', param }, param);
  t.equal(read({ mcp_servers: [] }).lost.length, 0);
  const edits = [{ type: 'clear_thinking_20251015', keep: 'all' }];
  t.same(
    read({ context_management: { edits } }).lost,
    ['context_management'],
    'what Claude Code always sends means nothing elsewhere',
  );
});

test('edge case 1: a choice of tools is read in every form', async (t) => {
  const tools = [{ name: 'look', input_schema: { type: 'object' } }];
  const choiceOf = (tool_choice: object) => read({ tools, tool_choice }).toolChoice;
  t.same(choiceOf({ type: 'auto' }), { kind: 'auto' });
  t.same(choiceOf({ type: 'any' }), { kind: 'required' });
  t.same(choiceOf({ type: 'none' }), { kind: 'none' });
  t.same(choiceOf({ type: 'tool', name: 'look' }), { kind: 'tool', name: 'look' });
});

test('edge case 2: disable_parallel_tool_use is read beside any choice', async (t) => {
  const tools = [{ name: 'look', input_schema: { type: 'object' } }];
  const request = read({ tools, tool_choice: { type: 'auto', disable_parallel_tool_use: true } });
  t.match(request, { parallelTools: false, fields: { parallelTools: 'tool_choice.disable_parallel_tool_use' } });
  t.notOk('parallelTools' in read({ tools, tool_choice: { type: 'auto', disable_parallel_tool_use: false } }));
});

test('edge case 4: a tool keeps its schema, description and strictness; a tool of Anthropic’s own is refused by name', async (t) => {
  const tool = {
    name: 'look',
    description: 'Looks.',
    input_schema: { type: 'object' },
    strict: true,
    type: 'custom',
    defer_loading: true,
  };
  const request = read({ tools: [tool, { name: 'bare' }] });
  t.match(request.tools, [
    { kind: 'function', name: 'look', description: 'Looks.', schema: { type: 'object' }, strict: true, at: 'tools[0]' },
    { name: 'bare', at: 'tools[1]' },
  ]);
  t.same(request.lost, ['tools[0].defer_loading']);
  for (const type of ['web_search_20250305', 'bash_20250124', 'computer_20251124'])
    t.match(refusal({ tools: [{ type, name: 'x' }] }), {
      code: 'unsupported_value',
      param: 'tools[0].type',
      message: new RegExp(type),
    });
});

test('edge case 7: results come first in their turn, every call is answered, none twice', async (t) => {
  const answering = {
    role: 'user',
    content: [
      { type: 'text', text: 'Go on' },
      { ...result, content: 'seen' },
    ],
  };
  t.match(turnsOf(user, calling, answering)[2]?.parts, [{ kind: 'tool-result', id: 'toolu_1' }, { kind: 'text' }]);
  const unanswered = read({ messages: [user, calling, user] });
  t.equal(unanswered.turns.length, 1, 'an unanswered call is taken as not made');
  t.same(unanswered.lost, ['messages[1].content[0]']);
  t.match(refusal({ messages: [user, calling, { role: 'user', content: [result, result] }] }), {
    param: 'messages[2].content[1]',
  });
});

test('edge case 9: a result is text, blocks, pictures or nothing, and may say that it failed', async (t) => {
  const picture = { type: 'image', source: { type: 'url', url: 'https://a/b.png' } };
  const resultOf = (fields: object) => turnsOf(user, calling, { role: 'user', content: [{ ...result, ...fields }] })[2]?.parts[0];
  t.match(resultOf({ content: 'seen', is_error: true }), { isError: true, parts: [{ kind: 'text', text: 'seen' }] });
  t.match(resultOf({ content: [{ type: 'text', text: 'a' }, picture] }), { parts: [{ kind: 'text' }, { kind: 'image' }] });
  t.match(resultOf({ content: [{ type: 'document', source: { type: 'text', data: 'd' } }] }), { parts: [{ kind: 'document' }] });
  for (const content of [undefined, null, '', '  ', []]) t.match(resultOf({ content }), { parts: [] });
});

test('edge case 10: words beside a call stay', async (t) => {
  const said = { role: 'assistant', content: [{ type: 'text', text: 'Looking.' }, call] };
  const turns = turnsOf(user, said, { role: 'user', content: [result] });
  t.match(turns[1]?.parts, [
    { kind: 'text', text: 'Looking.' },
    { kind: 'tool-call', id: 'toolu_1', name: 'look', input: '{"at":"x"}' },
  ]);
});

test('edge case 12: instructions between the turns join the system ones in order', async (t) => {
  const system = [{ type: 'text', text: 'First.', cache_control: { type: 'ephemeral', ttl: '1h' } }];
  const request = read({ system, messages: [user, { role: 'system', content: 'Then.' }, user] });
  t.match(request.system, [
    { text: 'First.', cache: { ttl: '1h' } },
    { text: 'Then.', at: 'messages[1].content' },
  ]);
  t.equal(request.turns.length, 1);
});

test('edge case 14: texts without words are left out, and turns that have no others', async (t) => {
  t.same(
    partsOf([
      { type: 'text', text: ' \n' },
      { type: 'text', text: 'a' },
    ]).length,
    1,
  );
  t.equal(turnsOf(user, { role: 'assistant', content: ' ' }, user).length, 1);
});

test('edge case 15: a cache marker is kept with its part, null is none', async (t) => {
  const mark = { cache_control: { type: 'ephemeral' } };
  t.match(partsOf([{ type: 'text', text: 'a', ...mark }])[0], { cache: {} });
  t.notOk('cache' in (partsOf([{ type: 'text', text: 'a', cache_control: null }])[0] ?? {}));
});

test('edge case 16: pictures and documents from every source', async (t) => {
  const sourceOf = (type: string, source: object) => partsOf([{ type, source }])[0];
  t.match(sourceOf('image', { type: 'base64', media_type: 'image/png', data: 'AA' }), {
    kind: 'image',
    source: { by: 'data', mediaType: 'image/png', base64: 'AA' },
  });
  t.match(sourceOf('image', { type: 'url', url: 'data:image/png;base64,AA' }), { source: { by: 'data', base64: 'AA' } });
  t.match(sourceOf('image', { type: 'file', file_id: 'f' }), { source: { by: 'file', maker: 'anthropic', id: 'f' } });
  t.match(sourceOf('document', { type: 'url', url: 'https://a/b.pdf' }), { kind: 'document', source: { by: 'url' } });
  t.match(sourceOf('document', { type: 'text', media_type: 'text/plain', data: 'words' }), {
    source: { by: 'text', text: 'words' },
  });
  t.match(sourceOf('document', { type: 'content', content: [{ type: 'text', text: 'words' }] }), {
    source: { by: 'text', text: 'words' },
  });
  const picture = { type: 'image', source: { type: 'url', url: 'https://a/b.png' } };
  t.match(sourceOf('document', { type: 'content', content: [{ type: 'text', text: 'a' }, picture] }), {
    kind: 'text',
    text: 'a',
  });
  t.match(refusal({ messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'file:///etc' } }] }] }), {
    param: 'messages[0].content[0].source.url',
  });
});

test('a document’s title and context are kept, a search result is read as its words', async (t) => {
  const document = {
    type: 'document',
    title: 'T',
    context: 'C',
    source: { type: 'text', data: 'x' },
    citations: { enabled: true },
  };
  t.match(partsOf([document])[0], { name: 'T', context: 'C' });
  const found = { type: 'search_result', title: 'T', source: 'https://a', content: [{ type: 'text', text: 'words' }] };
  t.match(partsOf([found])[0], { kind: 'text', text: 'T\nhttps://a\n\nwords' });
});

test('edge case 17: an answer to go on with stays the last turn', async (t) => {
  t.match(turnsOf(user, { role: 'assistant', content: 'The answer is (' }).at(-1), { role: 'assistant' });
});

test('edge case 22: thinking, effort and their absence', async (t) => {
  const thinkingOf = (body: object) => read(body).reasoning;
  t.same(thinkingOf({ thinking: { type: 'enabled', budget_tokens: 2000 } }), { mode: 'on', budget: 2000 });
  t.same(thinkingOf({ thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'max' } }), {
    mode: 'adaptive',
    effort: 'max',
    summary: 'omitted',
  });
  for (const type of ['disabled', 'between_tools']) t.same(thinkingOf({ thinking: { type } }), { mode: 'off' });
  t.same(thinkingOf({ output_config: { effort: 'low' } }), { mode: 'adaptive', effort: 'low' });
  t.equal(thinkingOf({}), undefined);
  t.match(read({ output_config: { effort: 'low' } }).fields, { reasoning: 'output_config.effort' });
});

test('edge case 22: a schema for the answer, strict for OpenAI where it says everything', async (t) => {
  const formatOf = (schema: object) => read({ output_config: { format: { type: 'json_schema', schema } } }).outputFormat;
  const closed = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
  t.same(formatOf(closed), { kind: 'schema', name: 'answer', schema: closed, strict: true });
  t.notOk('strict' in (formatOf({ ...closed, required: [] }) ?? {}));
  t.match(read({ output_format: { type: 'json_schema', schema: closed } }).fields, { outputFormat: 'output_format' });
});

test('edge case 42: thinking keeps its proof, and whose it is', async (t) => {
  const sealed = seal({ maker: 'openai', proof: 'gAAA', id: 'rs_1' });
  const content = [
    { type: 'thinking', thinking: 'Own', signature: 'sig' },
    { type: 'thinking', thinking: 'Foreign', signature: sealed },
    { type: 'thinking', thinking: 'Unsigned', signature: seal({ maker: 'chat' }) },
    { type: 'redacted_thinking', data: 'hidden' },
    { type: 'redacted_thinking', data: sealed },
    { type: 'text', text: 'Hi' },
  ];
  t.same(
    turnsOf(user, { role: 'assistant', content }, user)[1]?.parts.map(({ at, ...part }) => part),
    [
      { kind: 'thinking', text: 'Own', maker: 'anthropic', proof: 'sig' },
      { kind: 'thinking', text: 'Foreign', maker: 'openai', proof: 'gAAA', id: 'rs_1' },
      { kind: 'thinking', text: 'Unsigned', maker: 'chat' },
      { kind: 'redacted-thinking', maker: 'anthropic', proof: 'hidden' },
      { kind: 'redacted-thinking', maker: 'openai', proof: 'gAAA', id: 'rs_1' },
      { kind: 'text', text: 'Hi' },
    ],
  );
});

test('what Anthropic’s own tools did earlier is lost by name', async (t) => {
  const content = [
    { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
    { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
    { type: 'text', text: 'Found.' },
  ];
  const request = read({ messages: [user, { role: 'assistant', content }, user] });
  t.same(request.lost, ['messages[1].content[0]', 'messages[1].content[1]']);
  t.equal(request.turns[1]?.parts.length, 1);
});
