import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'tap';
import { CHUNKED_END, chunksOf, converse, eventsOf, eventually, getJson, startMock } from './testing.js';

const stream = (model: string, more: object = {}) => ({
  model,
  stream: true,
  messages: [{ role: 'user', content: 'hi' }],
  ...more,
});

test('a stream is role, content, finish, [DONE], each in a chunk of its own', async (t) => {
  const { port } = await startMock(t);
  const { text } = await converse(port, stream('mock-model'), { until: CHUNKED_END });
  const chunks = chunksOf(text);
  t.equal(chunks.length, 20);
  t.ok(chunks.every((chunk) => /^data: .*\n\n$/.test(chunk)));
  const events = eventsOf(text);
  t.equal(events.pop(), '[DONE]');
  const choices = events.map((event) => JSON.parse(event).choices[0]);
  t.same(choices[0].delta, { role: 'assistant', content: '', refusal: null });
  t.equal(
    choices.map((choice) => choice.delta.content ?? '').join(''),
    'Hello from the mock model. These words arrive one by one, as those of an answer would.',
  );
  t.equal(choices.at(-1).finish_reason, 'stop');
});

test('usage comes in an event without choices before [DONE], and only when asked for', async (t) => {
  const { port } = await startMock(t);
  const asked = eventsOf(
    (await converse(port, stream('mock-instant', { stream_options: { include_usage: true } }), { until: CHUNKED_END })).text,
  );
  const usage = JSON.parse(asked.at(-2) as string);
  t.same(usage.choices, []);
  t.equal(usage.usage.total_tokens, usage.usage.prompt_tokens + usage.usage.completion_tokens);
  const plain = await converse(port, stream('mock-instant'), { until: CHUNKED_END });
  t.notMatch(plain.text, /"usage"/);
});

test('the same answer without a stream is one JSON body, on both paths', async (t) => {
  const { port } = await startMock(t);
  for (const path of ['/v1/chat/completions', '/compatible-mode/v1/chat/completions']) {
    const answer = await getJson(port, path, 'POST', { model: 'test', messages: [] });
    t.equal(answer.object, 'chat.completion');
    t.match(answer.choices[0].message.content, /^Hello from/);
    t.equal(answer.usage.completion_tokens, 17);
  }
});

test('events come in order and none before its time', async (t) => {
  const { port } = await startMock(t);
  const started = process.hrtime.bigint();
  const { text } = await converse(port, stream('mock-paced-10x20+stamps'), { until: CHUNKED_END });
  const marks = eventsOf(text)
    .slice(0, -1)
    .map((event) => JSON.parse(event).mock);
  t.same(
    marks.map((mark) => mark.seq),
    [0, 1, 2, 3, 4, 5, 6, 7, 8],
  );
  for (const { seq, ns } of marks) t.ok(BigInt(ns) - started >= BigInt(20_000_000 * (seq + 1)), `event ${seq}`);
  const { since, ns } = marks[0];
  t.ok(BigInt(since) > started && BigInt(ns) - BigInt(since) >= 20_000_000n, 'the first says when the request had come');
  t.notOk(marks[1].since);
});

test('a size is that many bytes of content, streamed or not', async (t) => {
  const { port } = await startMock(t);
  const events = eventsOf((await converse(port, stream('mock-size-100000'), { until: CHUNKED_END })).text).slice(0, -1);
  t.equal(events.map((event) => JSON.parse(event).choices[0].delta.content ?? '').join('').length, 100_000);
  const whole = await getJson(port, '/v1/chat/completions', 'POST', { model: 'mock-size-2500' });
  t.equal(whole.choices[0].message.content.length, 2500);
});

test('time can be shrunk without losing events', async (t) => {
  const { port } = await startMock(t, '--time-scale=0.001');
  const { text } = await converse(port, stream('mock-paced-300x1000'), { until: CHUNKED_END });
  t.equal(eventsOf(text).length, 300);
});

test('one request past the cap is answered 503 with Retry-After, and the slot comes back', async (t) => {
  const { port } = await startMock(t, '--max-concurrent=2');
  const held = [1, 2].map(() => converse(port, stream('fault-stall-after-1'), { listenMs: 60_000, until: 'never' }));
  await eventually(
    () => getJson(port, '/_mock/stats'),
    (stats) => stats.active === 2,
  );
  const refused = await converse(port, stream('mock-instant'), { until: 'overloaded' });
  t.match(refused.text, /^HTTP\/1.1 503 /);
  t.match(refused.text, /^retry-after: 1\r$/im);
  const health = await fetch(`http://127.0.0.1:${port}/health`);
  t.equal(health.status, 503);
  t.match(await health.json(), { status: 'overloaded', concurrent_usage: '100.0%', available_slots: 0 });
  t.equal((await getJson(port, '/_mock/stats')).noSlot, 1);
  void held;
});

test('a body past the limit is answered 413, announced or not', async (t) => {
  const { port } = await startMock(t);
  const large = stream('mock-instant', { padding: 'x'.repeat(17_000) });
  t.match((await converse(port, large, { until: '}}' })).text, /^HTTP\/1.1 413 /);
  const chunked = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    body: new Blob([JSON.stringify(large)]).stream(),
    duplex: 'half',
  } as RequestInit);
  t.equal(chunked.status, 413);
});

test('bad JSON gets 400, an unknown path 404, a wrong method 405, and all are counted', async (t) => {
  const { port } = await startMock(t);
  t.match((await converse(port, '{nope', { until: '}}' })).text, /^HTTP\/1.1 400 /);
  t.match((await converse(port, '', { path: '/nowhere', until: '}}' })).text, /^HTTP\/1.1 404 /);
  const wrong = await converse(port, '', { method: 'GET', until: '}}' });
  t.match(wrong.text, /^HTTP\/1.1 405 /);
  t.match(wrong.text, /^allow: POST\r$/im);
  t.match((await getJson(port, '/_mock/stats')).turnedAway, { 400: 1, 404: 1, 405: 1 });
});

test('counts by key, session and model are right and a reset clears them', async (t) => {
  const { port } = await startMock(t);
  const send = (key: string, session: string) =>
    converse(port, stream('mock-instant'), {
      headers: [`Authorization: Bearer ${key}`, `x-session-id: ${session}`],
      until: CHUNKED_END,
    });
  for (const [key, session] of [
    ['k1', 's1'],
    ['k1', 's2'],
    ['k2', 's2'],
  ] as const)
    await send(key, session);
  const stats = await getJson(port, '/_mock/stats?sessions');
  t.match(stats, {
    requests: 3,
    completed: 3,
    doneMarkers: 3,
    events: 60,
    inFlight: 0,
    byKey: { k1: 2, k2: 1 },
    bySession: { s1: 1, s2: 2 },
    byModel: { 'mock-instant': 3 },
    sessionKeyChanges: 1,
  });
  await getJson(port, '/_mock/reset', 'POST');
  t.match(await getJson(port, '/_mock/stats'), { requests: 0, completed: 0, events: 0, byKey: {} });
});

test('a client that goes away mid-way is counted as aborted, with the time', async (t) => {
  const { port } = await startMock(t);
  await converse(port, stream('mock-paced-1000x20'), { headers: ['Authorization: Bearer k'], until: 'data: ' });
  const stats = await eventually(
    () => getJson(port, '/_mock/stats'),
    (now) => now.aborted === 1,
  );
  t.match(stats, { aborted: 1, completed: 0, inFlight: 0, doneMarkers: 0 });
  t.match(stats.aborts, [{ key: 'k' }]);
  t.ok(Math.abs(Date.now() - stats.aborts[0].atMs) < 60_000);
});

test('the journal keeps headers as they came', async (t) => {
  const { port } = await startMock(t);
  await converse(port, stream('mock-instant'), { headers: ['X-OdD: Value'], until: CHUNKED_END });
  const { requests } = await getJson(port, '/_mock/requests?last=1');
  t.match(requests, [
    { method: 'POST', path: '/v1/chat/completions', model: 'mock-instant', outcome: 'completed', status: 200, events: 20 },
  ]);
  t.ok(requests[0].rawHeaders.includes('X-OdD'));
});

test('metrics name active and most concurrent requests', async (t) => {
  const { port } = await startMock(t, '--max-concurrent=7');
  await converse(port, stream('mock-instant'), { until: CHUNKED_END });
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  t.match(text, /^llm_mock_active_requests 0$/m);
  t.match(text, /^llm_mock_max_concurrent_requests 7$/m);
  t.match(text, /^llm_mock_done_markers_total 1$/m);
});

test('embeddings are the same for the same text, as numbers or base64', async (t) => {
  const { port } = await startMock(t);
  const ask = (more: object) =>
    getJson(port, '/v1/embeddings', 'POST', { model: 'mock-instant', input: ['a', 'b'], dimensions: 8, ...more });
  const [numbers, encoded] = [await ask({}), await ask({ encoding_format: 'base64' })];
  t.equal(numbers.data.length, 2);
  const bytes = Buffer.from(encoded.data[0].embedding, 'base64');
  t.same(Array.from(new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + 32))), numbers.data[0].embedding);
  t.not(numbers.data[0].embedding[0], numbers.data[1].embedding[0]);
});

test('a client that does not read makes the mock wait, not grow', async (t) => {
  const { port } = await startMock(t);
  const socket = connect({ port, host: '127.0.0.1' });
  t.teardown(() => socket.destroy());
  const body = JSON.stringify(stream('mock-size-60000000'));
  socket.pause();
  socket.write(`POST /v1/chat/completions HTTP/1.1\r\nHost: mock\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  await once(socket, 'connect');
  const started = await eventually(
    () => getJson(port, '/_mock/stats'),
    (stats) => stats.events > 0,
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  const later = await getJson(port, '/_mock/stats');
  t.ok(started.events > 0 && later.events < 30_000, `${later.events} of 58,597 events written`);
  t.equal(later.inFlight, 1);
});

test('two requests sent at once on one connection are answered in order', async (t) => {
  const { port } = await startMock(t);
  const body = JSON.stringify(stream('mock-instant'));
  const second = `POST /v1/chat/completions HTTP/1.1\r\nHost: mock\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
  const { text } = await converse(port, body, { trailer: second });
  t.equal(text.split('data: [DONE]').length - 1, 2);
});
