import { test } from 'tap';
import { CHUNKED_END, converse, eventsOf, getJson, startMock } from './testing.js';

const PATH = '/v1/messages';
const request = (model: string, more: object = {}) => ({
  model,
  max_tokens: 100,
  messages: [{ role: 'user', content: 'hi' }],
  ...more,
});

test("a stream is Anthropic's whole event sequence, each event under its own name", async (t) => {
  const { port } = await startMock(t);
  const { text } = await converse(port, request('mock-instant', { stream: true }), {
    path: `${PATH}?beta=true`,
    until: CHUNKED_END,
  });
  const names = [...text.matchAll(/^event: (.*)$/gm)].map(([, name]) => name);
  const data = eventsOf(text).map((event) => JSON.parse(event));
  t.same(
    names,
    data.map(({ type }) => type),
  );
  t.same(names.slice(0, 4), ['message_start', 'content_block_start', 'ping', 'content_block_delta']);
  t.same(names.slice(-3), ['content_block_stop', 'message_delta', 'message_stop']);
  t.match(data[0].message, { type: 'message', role: 'assistant', content: [], model: 'mock-instant', stop_reason: null });
  t.match(data.at(-2), { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 17 } });
  const said = data.filter(({ type }) => type === 'content_block_delta').map(({ delta }) => delta.text);
  t.match(said.join(''), /^Hello from the mock model\. .* would\.$/);
  t.match(await getJson(port, '/_mock/stats'), { completed: 1, events: names.length, doneMarkers: 1 });
});

test('the answer in one piece has the same words, and the key is read from x-api-key', async (t) => {
  const { port } = await startMock(t);
  const headers = { 'x-api-key': 'k9' };
  const response = await fetch(`http://127.0.0.1:${port}${PATH}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(request('mock-instant')),
  });
  t.ok(response.headers.get('request-id'));
  t.match(await response.json(), { type: 'message', content: [{ type: 'text', text: /^Hello/ }], stop_reason: 'end_turn' });
  t.match(await getJson(port, '/_mock/stats'), { byKey: { k9: 1 } });
});

test('what a key has marked to be cached is written once and read the next time, by that key alone', async (t) => {
  const { port } = await startMock(t);
  const marked = request('mock-instant', {
    system: [{ type: 'text', text: 'x'.repeat(4000), cache_control: { type: 'ephemeral' } }],
  });
  const usageFor = async (key: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${PATH}`, {
      method: 'POST',
      headers: { 'x-api-key': key },
      body: JSON.stringify(marked),
    });
    return ((await response.json()) as { usage: Record<string, number> }).usage;
  };
  const [first, second, other] = [await usageFor('a'), await usageFor('a'), await usageFor('b')];
  t.ok(first['cache_creation_input_tokens']! > 1000);
  t.equal(first['cache_read_input_tokens'], 0);
  t.match(second, { cache_creation_input_tokens: 0, cache_read_input_tokens: first['cache_creation_input_tokens'] });
  t.match(other, { cache_read_input_tokens: 0 });
});

test("errors carry Anthropic's envelope and types: 529 is overloaded_error, in mid-stream an error event", async (t) => {
  const { port } = await startMock(t);
  const refused = await fetch(`http://127.0.0.1:${port}${PATH}`, {
    method: 'POST',
    body: JSON.stringify(request('fault-status-529-retry-2')),
  });
  t.equal(refused.status, 529);
  t.equal(refused.headers.get('retry-after'), '2');
  t.match(await refused.json(), {
    type: 'error',
    error: { type: 'overloaded_error', message: 'Overloaded' },
    request_id: /^req_/,
  });
  const { text } = await converse(port, request('fault-error-mid-stream', { stream: true }), { path: PATH, until: CHUNKED_END });
  t.match(text, /event: error\ndata: \{"type":"error","error":\{"type":"api_error"/);
  t.notMatch(text, /message_stop/);
});

test('tokens are counted without an answer', async (t) => {
  const { port } = await startMock(t);
  t.match(await getJson(port, `${PATH}/count_tokens`, 'POST', request('mock-instant')), { input_tokens: 8 });
});

test("models are listed in the caller's dialect", async (t) => {
  const { port } = await startMock(t);
  const response = await fetch(`http://127.0.0.1:${port}/v1/models`, { headers: { 'anthropic-version': '2023-06-01' } });
  t.match(await response.json(), { data: [{ type: 'model', id: 'mock-model' }], has_more: false });
});

test('faults that change bytes leave the words of the event in place', async (t) => {
  const { port } = await startMock(t);
  const { text } = await converse(port, request('fault-split-utf8', { stream: true }), { path: PATH, until: CHUNKED_END });
  const utf8 = Buffer.from(text, 'latin1').toString('utf8');
  t.match(utf8, /"text":"[^"]*你好/);
});
