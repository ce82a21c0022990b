import type OpenAI from 'openai';
import { test } from 'tap';
import type { MiddleRequest, Part, TextPart, Turn } from '../middle/request.js';
import { readRequest } from './read-request.js';
import { writeRequest } from './write-request.js';

const request = (parts: Partial<MiddleRequest>): MiddleRequest => ({
  from: 'messages',
  model: 'local-model',
  stream: false,
  system: [],
  turns: [{ role: 'user', parts: [text('Hi')] }],
  tools: [],
  others: {},
  lost: [],
  fields: {},
  ...parts,
});
const text = (words: string, more: object = {}): TextPart => ({
  kind: 'text',
  text: words,
  at: 'messages[0].content[0]',
  ...more,
});
const call = (id: string, more: object = {}): Part => ({ kind: 'tool-call', id, name: 'f', input: '{}', at: 'c', ...more });
const result = (id: string, parts: readonly Part[], more: object = {}): Part =>
  ({ kind: 'tool-result', id, parts, at: 'r', ...more }) as Part;
const user = (...parts: Part[]): Turn => ({ role: 'user', parts });
const assistant = (...parts: Part[]): Turn => ({ role: 'assistant', parts });

function write(parts: Partial<MiddleRequest>) {
  const { body, dropped } = writeRequest(request(parts));
  return { messages: body.messages as OpenAI.ChatCompletionMessageParam[], dropped };
}
const messages = (...turns: Turn[]) => write({ turns }).messages;
/** Of OpenAI's own model, behind which the user goes on. */
const openai = (...parts: Part[]) =>
  write({ model: 'gpt-4o', turns: [user(text('q')), assistant(...parts), user(text('go on'))] });
const local = (...parts: Part[]) => write({ turns: [user(text('q')), assistant(...parts), user(text('go on'))] });

test('edge case 12: all instructions are one system message in front, their cache marks told', async (t) => {
  const { messages, dropped } = write({
    system: [text('One.', { cache: {}, at: 'system[0]' }), text('Two.', { at: 'system[1]' })],
  });
  t.strictSame(messages, [
    { role: 'system', content: 'One.\n\nTwo.' },
    { role: 'user', content: 'Hi' },
  ]);
  t.strictSame(dropped, ['system[].cache_control']);
});

test('a lone text is a string, several parts are a list', async (t) => {
  t.strictSame(messages(user(text('a'))), [{ role: 'user', content: 'a' }]);
  t.strictSame(messages(user(text('a'), text('b')))[0]?.content, [
    { type: 'text', text: 'a' },
    { type: 'text', text: 'b' },
  ]);
});

test('edge case 16: images go by address or as data URLs with their media type', async (t) => {
  const image = (source: object, detail?: string): Part =>
    ({ kind: 'image', source, at: 'input[0].content[1]', ...(detail && { detail }) }) as Part;
  const data = image({ by: 'data', mediaType: 'image/png', base64: 'AA==' }, 'low');
  t.strictSame(messages(user(image({ by: 'url', url: 'https://a' }), data))[0]?.content, [
    { type: 'image_url', image_url: { url: 'https://a' } },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==', detail: 'low' } },
  ]);
  const original = write({ turns: [user(image({ by: 'url', url: 'https://a' }, 'original'))] });
  t.match(original, { messages: [{ content: [{ image_url: { detail: 'high' } }] }], dropped: ['input[].content[].detail'] });
  t.throws(() => messages(user(image({ by: 'file', maker: 'openai', id: 'file-1' }))), {
    code: 'unsupported_value',
    param: 'input[0].content[1]',
  });
});

test('edge case 16: documents go as files, their text as text; by address or another’s id they are refused', async (t) => {
  const document = (source: object, more: object = {}): Part => ({ kind: 'document', source, at: 'd', ...more }) as Part;
  const contentOf = (part: Part) => messages(user(part))[0]?.content;
  t.strictSame(contentOf(document({ by: 'data', mediaType: 'application/pdf', base64: 'JVBE' }, { name: 'a.pdf' })), [
    { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' } },
  ]);
  t.strictSame(contentOf(document({ by: 'file', maker: 'openai', id: 'file-1' })), [
    { type: 'file', file: { file_id: 'file-1' } },
  ]);
  t.equal(
    contentOf(document({ by: 'text', text: 'Words.' }, { name: 'Title', context: 'Where from.' })),
    'Title\nWhere from.\nWords.',
  );
  t.equal(
    contentOf(document({ by: 'data', mediaType: 'text/plain', base64: Buffer.from('Wörter').toString('base64') })),
    'Wörter',
  );
  for (const source of [
    { by: 'url', url: 'https://a/b.pdf' },
    { by: 'file', maker: 'anthropic', id: 'f' },
  ])
    t.throws(() => contentOf(document(source)), { code: 'unsupported_value', param: 'd' });
  t.strictSame(contentOf({ kind: 'audio', base64: 'AA', format: 'wav', at: 'a' }), [
    { type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } },
  ]);
});

test('edge case 8: results come first, each a tool message in its order, then what the user says beside them', async (t) => {
  const turns = [
    user(text('q')),
    assistant(call('a'), call('b')),
    user(result('b', [text('B')]), result('a', [text('A1'), text('A2')]), text('And?')),
  ];
  t.strictSame(messages(...turns).slice(2), [
    { role: 'tool', tool_call_id: 'b', content: 'B' },
    { role: 'tool', tool_call_id: 'a', content: 'A1\n\nA2' },
    { role: 'user', content: 'And?' },
  ]);
});

test('edge case 9: an image in a result is carried by the user message that follows, behind a word on whose it is', async (t) => {
  const image: Part = { kind: 'image', source: { by: 'url', url: 'https://a' }, at: 'i' };
  const turns = [
    user(text('q')),
    assistant(call('a'), call('b')),
    user(result('a', [text('Seen:'), image]), result('b', [image]), text('And?')),
  ];
  t.strictSame(messages(...turns).slice(2), [
    { role: 'tool', tool_call_id: 'a', content: 'Seen:' },
    { role: 'tool', tool_call_id: 'b', content: 'See the next message.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'From the result of tool call a:' },
        { type: 'image_url', image_url: { url: 'https://a' } },
        { type: 'text', text: 'From the result of tool call b:' },
        { type: 'image_url', image_url: { url: 'https://a' } },
        { type: 'text', text: 'And?' },
      ],
    },
  ]);
});

test('edge case 9: a result that is an error says so in words, an empty one is empty', async (t) => {
  const contentOf = (parts: Part[], isError: boolean) =>
    messages(user(text('q')), assistant(call('a')), user(result('a', parts, { isError })))[2]?.content;
  t.equal(contentOf([text('no such file')], true), 'Error: no such file');
  t.equal(contentOf([text('Error: no such file')], true), 'Error: no such file');
  t.equal(contentOf([], true), 'Error:');
  t.equal(contentOf([], false), '');
});

test('edge case 10: text and tool calls of one turn are one message; without text its content is null', async (t) => {
  t.strictSame(local(text('a'), call('x'), text('b')).messages[1], {
    role: 'assistant',
    content: 'a\n\nb',
    tool_calls: [{ id: 'x', type: 'function', function: { name: 'f', arguments: '{}' } }],
  });
  t.equal(local(call('x')).messages[1]?.content, null);
});

test('edge case 5: arguments that are no JSON are passed on as they are', async (t) => {
  t.match(local(call('x', { input: '{"cut' })).messages[1], { tool_calls: [{ function: { arguments: '{"cut' } }] });
});

test('edge case 6: ids longer than OpenAI takes them are shortened alike in call and result', async (t) => {
  const id = `toolu_${'x'.repeat(40)}`;
  const written = messages(user(text('q')), assistant(call(id)), user(result(id, [])));
  const fitted = (written[2] as { tool_call_id: string }).tool_call_id;
  t.match(fitted, /^toolu_x+_[0-9a-f]{16}$/);
  t.equal(fitted.length, 40);
  t.match(written[1], { tool_calls: [{ id: fitted }] });
});

test('edge case 11: free text of a custom tool is custom for gpt-5, and wrapped for others', async (t) => {
  const custom = call('x', { name: 'patch', input: '*** "Begin"', custom: true });
  const of = (model: string) => write({ model, turns: [user(text('q')), assistant(custom), user(result('x', []))] }).messages[1];
  t.match(of('gpt-5.1'), { tool_calls: [{ id: 'x', type: 'custom', custom: { name: 'patch', input: '*** "Begin"' } }] });
  t.match(of('gpt-4o'), {
    tool_calls: [{ type: 'function', function: { name: 'patch', arguments: '{"input":"*** \\"Begin\\""}' } }],
  });
});

test('edge case 17: an assistant message at the end of a Messages request cannot be gone on with: refused at its place', async (t) => {
  const turns = [user(text('q')), assistant(text('{"answer":', { at: 'messages[1].content' }))];
  t.throws(() => write({ turns }), { code: 'unsupported_value', param: 'messages[1].content' });
  t.equal(write({ turns, from: 'responses' }).messages.length, 2);
});

test('edge case 31: a refusal stays one for OpenAI, and is text for servers that do not know it', async (t) => {
  const refusal: Part = { kind: 'refusal', text: 'No.', at: 'r' };
  t.strictSame(openai(refusal).messages[1], { role: 'assistant', content: null, refusal: 'No.' });
  t.strictSame(local(refusal).messages[1], { role: 'assistant', content: 'No.' });
});

test('edge case 42: a chat server gets its own thought back, and nobody else’s; OpenAI gets none', async (t) => {
  const own: Part = { kind: 'thinking', text: 'Hm', maker: 'chat', at: 'messages[1].content[0]' };
  const signed: Part = { ...own, proof: 'SIG' };
  const hidden: Part = { kind: 'redacted-thinking', maker: 'chat', proof: 'DATA', at: 'h' };
  t.strictSame(local(own, text('Yes')), {
    messages: [
      { role: 'user', content: 'q' },
      { role: 'assistant', content: 'Yes', reasoning_content: 'Hm' },
      { role: 'user', content: 'go on' },
    ] as never,
    dropped: [],
  });
  t.match(local(signed, hidden, text('Yes')).messages[1], {
    reasoning_content: 'Hm',
    thinking_blocks: [
      { type: 'thinking', thinking: 'Hm', signature: 'SIG' },
      { type: 'redacted_thinking', data: 'DATA' },
    ],
  });
  for (const { messages, dropped } of [openai(own, text('Yes')), local({ ...signed, maker: 'anthropic' }, text('Yes'))]) {
    t.strictSame(messages[1], { role: 'assistant', content: 'Yes' });
    t.strictSame(dropped, ['messages[].content[]']);
  }
});

test('a turn of nothing but another’s thought is no message', async (t) => {
  t.strictSame(
    local({ kind: 'redacted-thinking', maker: 'anthropic', proof: 'X', at: 'h' }).messages.map(({ role }) => role),
    ['user', 'user'],
  );
});

test('edge case 15: cache marks are told by name and never sent, wherever they stand', async (t) => {
  const cache = { cache: { ttl: '1h' } };
  const { messages, dropped } = write({
    system: [text('s', { ...cache, at: 'system[0]' })],
    turns: [
      user(text('q', cache)),
      assistant(call('a', { ...cache, at: 'messages[1].content[0]' })),
      user(result('a', [text('r', { ...cache, at: 'messages[2].content[0].content[0]' })])),
    ],
    tools: [{ kind: 'function', name: 'f', at: 'tools[0]', cache: {} }],
  });
  t.notMatch(JSON.stringify(messages), /cache|ttl|1h/);
  t.strictSame([...dropped].sort(), [
    'messages[].content[].cache_control',
    'messages[].content[].content[].cache_control',
    'system[].cache_control',
    'tools[].cache_control',
  ]);
});

test('a chat request read and written again says the same', async (t) => {
  const said: OpenAI.ChatCompletionMessageParam[] = [
    { role: 'system', content: 'Be kind.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'See' },
        { type: 'image_url', image_url: { url: 'https://a', detail: 'low' } },
      ],
    },
    {
      role: 'assistant',
      content: 'Looking.',
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } }],
    },
    { role: 'tool', tool_call_id: 'a', content: 'R' },
    { role: 'user', content: 'And?' },
  ];
  const { body, dropped } = writeRequest(readRequest({ model: 'alias', messages: said }, 'gpt-4o'));
  t.strictSame(body, { model: 'gpt-4o', messages: said });
  t.strictSame(dropped, []);
});
