import type { MessageCreateParamsBase } from '@anthropic-ai/sdk/resources/messages';
import { test } from 'tap';
import type { GatewayError } from '../../errors.js';
import type { MiddleRequest, Part, TextPart, Turn } from '../middle/request.js';
import { writeRequest } from './write-request.js';

const text = (words: string, at = 'messages[0].content'): TextPart => ({ kind: 'text', text: words, at });
const user = (...parts: Part[]): Turn => ({ role: 'user', parts });
const assistant = (...parts: Part[]): Turn => ({ role: 'assistant', parts });
const hello = user(text('Hello'));
const call = (id: string, input = '{}'): Part => ({ kind: 'tool-call', at: 'a', id, name: 'look', input });
const result = (id: string, ...parts: TextPart[]): Part => ({ kind: 'tool-result', at: 'r', id, parts });
const tool = { kind: 'function', name: 'look', at: 'tools[0]' } as const;

const FIELDS = {
  maxOutput: 'max_completion_tokens',
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  stop: 'stop',
  toolChoice: 'tool_choice',
  outputFormat: 'response_format',
  reasoning: 'reasoning_effort',
  user: 'user',
  serviceTier: 'service_tier',
  verbosity: 'verbosity',
  metadata: 'metadata',
  promptCacheKey: 'prompt_cache_key',
} as const;

function write(request: Partial<MiddleRequest>, model = 'claude-sonnet-4-5') {
  const defaults = {
    from: 'chat',
    model,
    stream: false,
    system: [],
    turns: [hello],
    tools: [],
    others: {},
    lost: [],
    fields: FIELDS,
  } as const;
  const { body, ...rest } = writeRequest({ ...defaults, ...request });
  return { body: body as unknown as MessageCreateParamsBase, ...rest };
}

function refusal(request: Partial<MiddleRequest>, model?: string): Partial<GatewayError> {
  try {
    write(request, model);
    return {};
  } catch (error) {
    return error as GatewayError;
  }
}

test('the least request is a model, a limit and a message, and nothing is null', async (t) => {
  t.strictSame(write({}), {
    body: {
      model: 'claude-sonnet-4-5',
      max_tokens: 64_000,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
    },
    dropped: [],
  });
});

test('the same request is the same bytes, members in one order', async (t) => {
  const request = {
    stream: true,
    system: [text('Be kind.')],
    tools: [tool],
    temperature: 0.5,
    stop: ['END'],
    user: 'u',
    toolChoice: { kind: 'auto' },
  } as const;
  t.equal(JSON.stringify(write(request).body), JSON.stringify(write({ ...request }).body));
  t.same(Object.keys(write(request).body), [
    'model',
    'max_tokens',
    'system',
    'messages',
    'tools',
    'tool_choice',
    'temperature',
    'stop_sequences',
    'metadata',
    'stream',
  ]);
});

test('what only tunes is dropped by name, what changes the answer is refused', async (t) => {
  const { dropped } = write({
    others: { logit_bias: {}, seed: 1 },
    verbosity: 'low',
    metadata: { a: 'b' },
    promptCacheKey: 'k',
    lost: ['messages[3].name'],
  });
  t.same([...dropped].toSorted(), ['logit_bias', 'messages[].name', 'metadata', 'prompt_cache_key', 'seed', 'verbosity']);
  for (const name of ['n', 'audio', 'web_search_options', 'previous_response_id', 'background'])
    t.match(refusal({ others: { [name]: 2 } }), { code: 'unsupported_value', param: name }, name);
  t.match(refusal({ from: 'responses', others: { store: true } }), { param: 'store' });
  t.match(refusal({ others: { modalities: ['text', 'audio'] } }), { param: 'modalities' });
  t.match(refusal({ turns: [user({ kind: 'audio', base64: '', format: 'wav', at: 'messages[0].content[0]' })] }), {
    param: 'messages[0].content[0]',
  });
});

test('edge case 5: input that is no JSON object does not throw the turn away', async (t) => {
  const inputOf = (input: string) => {
    const { messages } = write({ turns: [hello, assistant(call('c', input)), user(result('c'))] }).body;
    return (messages[1]!.content as unknown as { input: unknown }[])[0]?.input;
  };
  t.same(inputOf('{"a":1}'), { a: 1 });
  for (const nothing of ['', '{}', 'null']) t.same(inputOf(nothing), {});
  for (const odd of ['{"a":', '[1]', '"x"']) t.same(inputOf(odd), { raw_input: odd });
});

test('edge case 6: ids are safe, the same for call and result, and unique over all turns', async (t) => {
  const turns = [hello, assistant(call('call:0')), user(result('call:0')), assistant(call('call:0')), user(result('call:0'))];
  const { messages } = write({ turns }).body;
  const ids = messages.slice(1).map(({ content }) => {
    const block = (content as unknown as { id?: string; tool_use_id?: string }[])[0];
    return block?.id ?? block?.tool_use_id ?? '';
  });
  t.ok(
    ids.every((id) => /^[A-Za-z0-9_-]{1,64}$/.test(id)),
    ids.join(),
  );
  t.same([ids[0], ids[2]], [ids[1], ids[3]]);
  t.not(ids[0], ids[2]);
});

test('edge case 8: results keep their order and stand before words, with what they say and that they failed', async (t) => {
  const failed: Part = { kind: 'tool-result', at: 'r', id: 'a', isError: true, parts: [text('no')] };
  const { messages } = write({ turns: [hello, assistant(call('a'), call('b')), user(failed, result('b'), text('Go on'))] }).body;
  t.same(messages[2]?.content, [
    { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'no' }], is_error: true },
    { type: 'tool_result', tool_use_id: 'b' },
    { type: 'text', text: 'Go on' },
  ]);
});

test('edge case 23: what would need a stored answer is refused by name', async (t) => {
  for (const param of ['previous_response_id', 'conversation', 'prompt'])
    t.match(refusal({ from: 'responses', others: { [param]: 'x' } }), { code: 'unsupported_value', status: 400, param }, param);
});

test('edge case 10: words and calls of one turn stay together', async (t) => {
  const { messages } = write({ turns: [hello, assistant(text('Looking.'), call('a')), user(result('a'))] }).body;
  t.match(messages[1]?.content, [{ type: 'text', text: 'Looking.' }, { type: 'tool_use' }]);
});

test('edge case 11: a call with free text becomes one with an input', async (t) => {
  const custom: Part = { kind: 'tool-call', at: 'a', id: 'c', name: 'patch', input: '*** Begin', custom: true };
  const { messages } = write({ turns: [hello, assistant(custom), user(result('c'))] }).body;
  t.match(messages[1]?.content, [{ type: 'tool_use', name: 'patch', input: { input: '*** Begin' } }]);
});

test('edge case 12: instructions are the top-level system in their order, marker on its block', async (t) => {
  const { system } = write({ system: [text('One.'), { ...text('Two.'), cache: { ttl: '1h' } }] }).body;
  t.same(system, [
    { type: 'text', text: 'One.' },
    { type: 'text', text: 'Two.', cache_control: { type: 'ephemeral', ttl: '1h' } },
  ]);
});

test('edge case 13: the first turn is the user’s, also when there is none, and roles alternate', async (t) => {
  t.match(write({ turns: [], system: [text('Be kind.')] }).body.messages, [{ role: 'user', content: [{ type: 'text' }] }]);
  const roles = write({ turns: [assistant(text('Hi')), hello] }).body.messages.map(({ role }) => role);
  t.same(roles, ['user', 'assistant', 'user']);
  const thought: Part = { kind: 'thinking', at: 't', text: 'Hm', maker: 'chat' };
  t.equal(
    write({ turns: [hello, assistant(thought), hello] }).body.messages.length,
    1,
    'a turn that is left empty joins its neighbours',
  );
});

test('edge case 15: of five cache markers the last four stay', async (t) => {
  const marked = (at: string) => ({ ...text('a', at), cache: {} });
  const { body, dropped } = write({
    tools: [{ ...tool, cache: {} }],
    system: [marked('messages[0].content')],
    turns: [user(...['0', '1', '2'].map((each) => marked(`messages[1].content[${each}]`)))],
  });
  t.equal(JSON.stringify(body).match(/cache_control/g)?.length, 4);
  t.notOk('cache_control' in (body.tools?.[0] ?? {}));
  t.same(dropped, ['tools[].cache_control']);
});

test('edge case 16: pictures and files of every source, others refused by name', async (t) => {
  const blockOf = (part: Part) => (write({ turns: [user(part)] }).body.messages[0]!.content as unknown[])[0];
  const image = (source: object, more: object = {}) => ({ kind: 'image', at: 'messages[0].content[0]', source, ...more }) as Part;
  const file = (source: object, more: object = {}) =>
    ({ kind: 'document', at: 'messages[0].content[0]', source, ...more }) as Part;
  t.same(blockOf(image({ by: 'url', url: 'https://a/b' })), { type: 'image', source: { type: 'url', url: 'https://a/b' } });
  t.same(blockOf(image({ by: 'data', mediaType: 'image/jpg', base64: 'AA' })), {
    type: 'image',
    source: { type: 'base64', media_type: 'image/jpeg', data: 'AA' },
  });
  t.same(blockOf(image({ by: 'file', maker: 'anthropic', id: 'f' })), { type: 'image', source: { type: 'file', file_id: 'f' } });
  t.same(blockOf(file({ by: 'data', mediaType: 'application/pdf', base64: 'AA' }, { name: 'a.pdf' })), {
    type: 'document',
    source: { type: 'base64', media_type: 'application/pdf', data: 'AA' },
    title: 'a.pdf',
  });
  t.match(blockOf(file({ by: 'data', mediaType: 'text/markdown', base64: 'SGk=' })), {
    source: { type: 'text', media_type: 'text/plain', data: 'Hi' },
  });
  t.match(blockOf(file({ by: 'text', text: 'Hi' }, { context: 'C' })), { context: 'C' });
  const foreign = image({ by: 'file', maker: 'openai', id: 'file-1' });
  for (const part of [
    foreign,
    image({ by: 'data', mediaType: 'image/tiff', base64: '' }),
    file({ by: 'data', mediaType: 'application/zip', base64: '' }),
  ])
    t.match(refusal({ turns: [user(part)] }), { code: 'unsupported_value', param: 'messages[0].content[0]' });
  t.same(write({ turns: [user(image({ by: 'url', url: 'https://a' }, { detail: 'high' }))] }).dropped, [
    'messages[].content[].image_url.detail',
  ]);
});

test('edge case 17: an answer to go on with is kept for models that take one', async (t) => {
  const turns = [hello, assistant(text('The answer is ( '))];
  t.same(write({ turns }).body.messages[1]?.content, [{ type: 'text', text: 'The answer is (' }], 'no white space at its end');
  t.match(refusal({ turns }, 'claude-opus-5'), { code: 'unsupported_value', param: 'messages[0].content' });
});

test('edge case 18: the limit is the model’s own where the client has none, and never more than it can', async (t) => {
  t.equal(write({}, 'claude-3-haiku-20240307').body.max_tokens, 4096);
  t.equal(write({ maxOutput: 500 }).body.max_tokens, 500);
  const { body, dropped } = write({ maxOutput: 100_000 });
  t.same([body.max_tokens, dropped], [64_000, ['max_completion_tokens']]);
});

test('edge case 19: stop sequences of white space alone are left out by name', async (t) => {
  const { body, dropped } = write({ stop: ['\n', 'END'] });
  t.same([body.stop_sequences, dropped], [['END'], ['stop']]);
  t.notOk('stop_sequences' in write({ stop: ['\n'] }).body);
});

test('edge case 20: temperature is held to 1, and sampling left out where the model refuses it', async (t) => {
  const { body, dropped } = write({ temperature: 1.7, topK: 5 });
  t.match([body, dropped], [{ temperature: 1, top_k: 5 }, ['temperature']]);
  const both = write({ temperature: 0.3, topP: 0.9 });
  t.match([both.body, both.dropped], [{ temperature: 0.3, top_p: undefined }, ['top_p']], 'models from 4.1 on take either');
  t.match(write({ temperature: 0.3, topP: 0.9 }, 'claude-sonnet-4-20250514').body, { temperature: 0.3, top_p: 0.9 });
  const fixed = write({ temperature: 0.3, topP: 0.9, topK: 5 }, 'claude-opus-4-7');
  t.same([...fixed.dropped].toSorted(), ['temperature', 'top_k', 'top_p']);
  t.match(fixed.body, { temperature: undefined, top_p: undefined, top_k: undefined });
  t.same(write({ temperature: 1, topP: 1 }, 'claude-opus-4-7').dropped, [], 'defaults are no loss');
});

test('edge case 21: the end user is told, too long a name as its digest', async (t) => {
  t.same(write({ user: 'u' }).body.metadata, { user_id: 'u' });
  const { body, dropped } = write({ user: 'x'.repeat(1000) });
  t.match([body.metadata, dropped], [{ user_id: /^[0-9a-f]{64}$/ }, ['user']]);
});

test('a service tier goes where both makers have it', async (t) => {
  const tierOf = (serviceTier: string) => write({ serviceTier }).body.service_tier;
  t.same(['auto', 'default', 'standard_only', 'flex'].map(tierOf), ['auto', 'standard_only', 'standard_only', undefined]);
  t.same(write({ serviceTier: 'flex' }).dropped, ['service_tier']);
});

test('edge case 22: a schema becomes the output format, closed, with what cannot be held told in words', async (t) => {
  const schema = {
    type: 'object',
    properties: {
      age: { type: 'integer', minimum: 0, description: 'Years.' },
      tags: { type: 'array', items: { type: 'object', properties: {} } },
    },
  };
  const { body, dropped } = write({ outputFormat: { kind: 'schema', name: 'person', schema } });
  t.same(body.output_config?.format, {
    type: 'json_schema',
    schema: {
      type: 'object',
      properties: {
        age: { type: 'integer', description: 'Years.\n(minimum: 0)' },
        tags: { type: 'array', items: { type: 'object', properties: {}, additionalProperties: false } },
      },
      additionalProperties: false,
    },
  });
  t.same(dropped, ['response_format']);
  const closed = { type: 'object', properties: {}, additionalProperties: false };
  t.same(write({ outputFormat: { kind: 'schema', name: 'x', schema: closed } }).dropped, []);
  t.same(write({ outputFormat: { kind: 'json' } }).dropped, ['response_format']);
  t.match(refusal({ outputFormat: { kind: 'schema', name: 'x', schema: closed } }, 'claude-3-5-sonnet-latest'), {
    param: 'response_format',
  });
});

test('edge case 31: a refusal in the history is its words', async (t) => {
  const { messages } = write({ turns: [hello, assistant({ kind: 'refusal', text: 'No.', at: 'a' }), hello] }).body;
  t.same(messages[1]?.content, [{ type: 'text', text: 'No.' }]);
});
