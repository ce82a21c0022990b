import type OpenAI from 'openai';
import { test } from 'tap';
import { seal } from '../middle/proof.js';
import type { Part } from '../middle/request.js';
import { readRequest } from './read-request.js';

type Messages = readonly (OpenAI.ChatCompletionMessageParam | Record<string, unknown>)[];

const read = (...messages: Messages) => readRequest({ model: 'alias', messages }, 'm');
const user = { role: 'user', content: 'Hi' };
/** Parts without their places. */
const bare = (parts: readonly Part[] = []) => parts.map(({ at: _at, ...part }) => part);
const userParts = (content: unknown) => bare(read({ role: 'user', content }).turns[0]?.parts);
const assistantParts = (message: object) => bare(read(user, { role: 'assistant', ...message }).turns[1]?.parts);
const call = (id: string, said: object = { name: 'f', arguments: '{}' }) => ({ id, type: 'function', function: said });

test('edge case 12: system and developer messages at any position are instructions, in their order', async (t) => {
  const { system, turns } = read(
    { role: 'system', content: 'One.' },
    user,
    {
      role: 'developer',
      content: [
        { type: 'text', text: 'Two.' },
        { type: 'text', text: ' ' },
      ],
    },
    { role: 'assistant', content: 'Yes' },
    { role: 'system', content: 'Three.' },
  );
  t.strictSame(
    system.map(({ text, at }) => [text, at]),
    [
      ['One.', 'messages[0].content'],
      ['Two.', 'messages[2].content[0]'],
      ['Three.', 'messages[4].content'],
    ],
  );
  t.strictSame(
    turns.map(({ role }) => role),
    ['user', 'assistant'],
  );
});

test('edge case 14: empty and blank messages are none, in text and in parts', async (t) => {
  const { turns, system } = read(
    { role: 'system', content: '' },
    user,
    { role: 'assistant', content: ' \n' },
    { role: 'user', content: [{ type: 'text', text: '' }] },
  );
  t.strictSame(system, []);
  t.strictSame(
    turns.map(({ role, parts }) => [role, parts.length]),
    [['user', 1]],
  );
  t.throws(() => read({ role: 'user', content: ' ' }), { param: 'messages', code: 'invalid_request' });
});

test('edge case 16: images by address and as data URLs, whatever the data is', async (t) => {
  const image = (image_url: unknown) => userParts([{ type: 'image_url', image_url }]);
  t.strictSame(image({ url: 'https://a/b.png' }), [{ kind: 'image', source: { by: 'url', url: 'https://a/b.png' } }]);
  t.strictSame(image('http://a'), [{ kind: 'image', source: { by: 'url', url: 'http://a' } }]);
  const data = { kind: 'image', source: { by: 'data', mediaType: 'image/png', base64: 'AA==' } };
  t.strictSame(image({ url: 'data:image/png;base64,AA==' }), [data]);
  t.strictSame(image({ url: 'data:image/png;charset=x;base64,AA==', detail: 'auto' }), [data]);
  t.match(image({ url: 'data:image/jpg;base64,AA==', detail: 'low' }), [{ source: { mediaType: 'image/jpeg' }, detail: 'low' }]);
  for (const url of ['data:image/png,AA', 'data:;base64,AA', 'data:base64', 'file:///x', 'gs://x', ''])
    t.throws(() => image({ url }), { code: 'invalid_request', param: 'messages[0].content[0].image_url.url' }, url);
});

test('edge case 16: files as data and by OpenAI’s id, audio, and what is unknown is refused by name', async (t) => {
  const file = (said: object) => userParts([{ type: 'file', file: said }]);
  const pdf = 'data:application/pdf;base64,JVBE';
  t.strictSame(file({ file_data: pdf, filename: 'a.pdf' }), [
    { kind: 'document', source: { by: 'data', mediaType: 'application/pdf', base64: 'JVBE' }, name: 'a.pdf' },
  ]);
  t.strictSame(file({ file_id: 'file-1' }), [{ kind: 'document', source: { by: 'file', maker: 'openai', id: 'file-1' } }]);
  t.throws(() => file({ filename: 'a.pdf' }), { code: 'invalid_request', param: 'messages[0].content[0].file.file_data' });
  t.strictSame(userParts([{ type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } }]), [
    { kind: 'audio', base64: 'AA', format: 'wav' },
  ]);
  t.throws(() => userParts([{ type: 'video_url', video_url: {} }]), {
    code: 'unsupported_value',
    param: 'messages[0].content[0].type',
  });
});

test('edge case 15: LiteLLM’s cache_control is read on a part, a message and a result; null is none', async (t) => {
  const cache_control = { type: 'ephemeral', ttl: '1h' };
  t.match(userParts([{ type: 'text', text: 'a', cache_control }]), [{ cache: { ttl: '1h' } }]);
  t.strictSame(userParts([{ type: 'text', text: 'a', cache_control: null }]), [{ kind: 'text', text: 'a' }]);
  t.match(read({ ...user, cache_control: { type: 'ephemeral' } }).turns[0]?.parts, [{ cache: {} }]);
  const marked = read({
    role: 'user',
    content: [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ],
    cache_control,
  });
  t.strictSame(bare(marked.turns[0]?.parts), [
    { kind: 'text', text: 'a' },
    { kind: 'text', text: 'b', cache: { ttl: '1h' } },
  ]);
  t.strictSame(marked.lost, []);
});

test('edge case 10: text and tool calls of one assistant message are both kept; content may be null', async (t) => {
  t.match(assistantParts({ content: 'Let me look.', tool_calls: [call('a')] }), [
    { text: 'Let me look.' },
    { kind: 'tool-call', id: 'a', name: 'f' },
  ]);
  t.match(assistantParts({ content: null, tool_calls: [call('a')] }), [{ kind: 'tool-call' }]);
});

test('edge case 5: arguments stay the text they are; nothing is {}, an object is its JSON', async (t) => {
  const input = (said: object) =>
    (assistantParts({ tool_calls: [call('a', { name: 'f', ...said })] })[0] as { input?: string }).input;
  t.equal(input({ arguments: '{"b":1, "a":2}' }), '{"b":1, "a":2}');
  t.equal(input({ arguments: '{"cut' }), '{"cut');
  for (const none of [{ arguments: '' }, { arguments: ' ' }, { arguments: null }, {}]) t.equal(input(none), '{}');
  t.equal(input({ arguments: { x: 1 } }), '{"x":1}');
});

test('edge case 7: all tool messages behind an assistant’s are one user turn, results first', async (t) => {
  const { turns } = read(
    user,
    { role: 'assistant', content: null, tool_calls: [call('a'), call('b')] },
    { role: 'tool', tool_call_id: 'b', content: 'B' },
    { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'A' }] },
    { role: 'user', content: 'Go on.' },
  );
  t.match(turns[2], {
    role: 'user',
    parts: [{ id: 'b', parts: [{ text: 'B' }] }, { id: 'a', parts: [{ text: 'A' }] }, { text: 'Go on.' }],
  });
  t.throws(() => read(user, { role: 'tool', tool_call_id: 'z', content: 'B' }), {
    param: 'messages[1]',
    code: 'invalid_request',
  });
  t.throws(() => read(user, { role: 'tool', content: 'B' }), { code: 'invalid_request', param: 'messages[1].tool_call_id' });
  t.strictSame(read(user, { role: 'assistant', tool_calls: [call('a')] }, user).lost, ['messages[1].tool_calls[0]']);
});

test('edge case 9: a result may be empty, in parts, or hold an image', async (t) => {
  const result = (content: unknown) => {
    const { turns } = read(user, { role: 'assistant', tool_calls: [call('a')] }, { role: 'tool', tool_call_id: 'a', content });
    return bare((turns[2]!.parts[0] as unknown as { parts: Part[] }).parts);
  };
  t.strictSame(result(''), []);
  t.strictSame(result(null), []);
  t.match(
    result([
      { type: 'text', text: 'a' },
      { type: 'image_url', image_url: { url: 'https://a' } },
    ]),
    [{ text: 'a' }, { kind: 'image' }],
  );
  t.throws(() => result([{ type: 'input_audio', input_audio: { data: 'A', format: 'mp3' } }]), {
    code: 'invalid_request',
    param: 'messages[2].content[0]',
  });
});

test('edge case 11: custom tool calls and their results are free text', async (t) => {
  const { turns } = read(
    user,
    { role: 'assistant', tool_calls: [{ id: 'a', type: 'custom', custom: { name: 'patch', input: '*** Begin' } }] },
    { role: 'tool', tool_call_id: 'a', content: 'done' },
  );
  t.match(turns[1]?.parts, [{ kind: 'tool-call', name: 'patch', input: '*** Begin', custom: true }]);
  t.match(turns[2]?.parts, [{ kind: 'tool-result', custom: true }]);
});

test('edge case 31: a refusal is kept, from its member and from content', async (t) => {
  t.strictSame(assistantParts({ content: null, refusal: 'No.' }), [{ kind: 'refusal', text: 'No.' }]);
  t.strictSame(assistantParts({ content: [{ type: 'refusal', refusal: 'No.' }] }), [{ kind: 'refusal', text: 'No.' }]);
});

test('edge case 42: thought is whose signature says it; without one it is the chat server’s own', async (t) => {
  const thinking = (signature?: string) => ({ type: 'thinking', thinking: 'Hm', ...(signature && { signature }) });
  const parts = (message: object) => assistantParts({ content: 'Yes', ...message }).slice(0, -1);
  t.strictSame(parts({ reasoning_content: 'Hm' }), [{ kind: 'thinking', text: 'Hm', maker: 'chat' }]);
  t.strictSame(parts({ reasoning: 'Hm' }), [{ kind: 'thinking', text: 'Hm', maker: 'chat' }]);
  t.strictSame(parts({ reasoning_content: ' ', reasoning: null }), []);
  t.strictSame(parts({ reasoning_content: 'Hm', thinking_blocks: [thinking('SIG')] }), [
    { kind: 'thinking', text: 'Hm', maker: 'anthropic', proof: 'SIG' },
  ]);
  t.strictSame(parts({ thinking_blocks: [thinking(seal({ maker: 'openai', proof: 'ENC', id: 'rs_1' })), thinking()] }), [
    { kind: 'thinking', text: 'Hm', maker: 'openai', proof: 'ENC', id: 'rs_1' },
    { kind: 'thinking', text: 'Hm', maker: 'chat' },
  ]);
  t.strictSame(parts({ thinking_blocks: [{ type: 'redacted_thinking', data: 'DATA' }] }), [
    { kind: 'redacted-thinking', maker: 'anthropic', proof: 'DATA' },
  ]);
  t.strictSame(
    parts({ thinking_blocks: [{ type: 'redacted_thinking', data: seal({ maker: 'openai', proof: 'ENC', redacted: true }) }] }),
    [{ kind: 'redacted-thinking', maker: 'openai', proof: 'ENC' }],
  );
});

test('the old function_call and its result find each other by name', async (t) => {
  const { turns } = read(
    user,
    { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"x":1}' } },
    { role: 'function', name: 'f', content: 'one' },
    { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"x":2}' } },
    { role: 'function', name: 'f', content: 'two' },
  );
  const ids = turns.slice(1).map(({ parts }) => (parts[0] as { id: string }).id);
  t.equal(ids[0], ids[1]);
  t.equal(ids[2], ids[3]);
  t.not(ids[0], ids[2]);
  t.throws(() => read(user, { role: 'function', name: 'g', content: '' }), {
    param: 'messages[1].name',
    code: 'invalid_request',
  });
});

test('a message as an SDK replays it says nothing that is lost; a name and unknown members are told', async (t) => {
  const replayed = {
    role: 'assistant',
    content: 'Hi',
    refusal: null,
    annotations: [],
    audio: null,
    function_call: null,
    tool_calls: [],
  };
  t.strictSame(read(user, replayed, user).lost, []);
  t.strictSame(read({ ...user, name: 'Ann', odd: 1 }).lost, ['messages[0].name', 'messages[0].odd']);
});

test('an earlier answer in audio cannot be read back: refused', async (t) => {
  t.throws(() => read(user, { role: 'assistant', audio: { id: 'a1' } }), {
    code: 'unsupported_value',
    param: 'messages[1].audio',
  });
});

test('a message that is none is refused at its place', async (t) => {
  t.throws(() => readRequest({ model: 'm' }, 'm'), { param: 'messages', code: 'invalid_request' });
  t.throws(() => read(user, 'Hi' as never), { param: 'messages[1]', code: 'invalid_request' });
  t.throws(() => read({ role: 'robot', content: 'Hi' }), { param: 'messages[0].role', code: 'invalid_request' });
  t.throws(() => read({ role: 'user' }), { param: 'messages[0].content', code: 'invalid_request' });
  t.throws(() => read({ role: 'system', content: [{ type: 'image_url', image_url: { url: 'https://a' } }] }), {
    param: 'messages[0].content[0]',
    code: 'invalid_request',
  });
});
