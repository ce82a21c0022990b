import { test } from 'tap';
import { CHUNKED_END, converse, eventsOf, getJson, startMock } from './testing.js';

const PATH = '/v1/responses';

test('a stream is numbered without gaps and each added has its done', async (t) => {
  const { port } = await startMock(t);
  const { text } = await converse(port, { model: 'mock-instant', stream: true, input: 'hi' }, { path: PATH, until: CHUNKED_END });
  const events = eventsOf(text).map((event) => JSON.parse(event));
  const types = events.map(({ type }) => type);
  t.same(
    events.map(({ sequence_number }) => sequence_number),
    events.map((_, index) => index),
  );
  t.same(
    types,
    [...text.matchAll(/^event: (.*)$/gm)].map(([, name]) => name),
  );
  t.same(types.slice(0, 4), [
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
  ]);
  t.same(types.slice(-4), [
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ]);
  const said = events.filter(({ type }) => type === 'response.output_text.delta').map(({ delta }) => delta);
  const { response } = events.at(-1);
  t.equal(response.output[0].content[0].text, said.join(''));
  t.match(response, { status: 'completed', usage: { output_tokens: 17, total_tokens: Number } });
  t.match(await getJson(port, '/_mock/stats'), { completed: 1, events: events.length, doneMarkers: 1 });
});

test('the answer in one piece is a response object', async (t) => {
  const { port } = await startMock(t);
  const response = await getJson(port, PATH, 'POST', { model: 'mock-instant', input: 'hi' });
  t.match(response, {
    object: 'response',
    status: 'completed',
    output: [{ type: 'message', content: [{ type: 'output_text', text: /^Hello/ }] }],
  });
});

test('paces, stamps and faults are those of the chat mock', async (t) => {
  const { port } = await startMock(t);
  const ask = (model: string) => converse(port, { model, stream: true, input: 'hi' }, { path: PATH, until: CHUNKED_END });
  const stamped = eventsOf((await ask('mock-paced-6x1+stamps')).text).map((event) => JSON.parse(event).mock.seq);
  t.same(
    stamped,
    stamped.map((_, index) => index),
  );
  t.equal(stamped.length, 4 + 3 + 3 + 1);
  t.match((await ask('fault-error-mid-stream')).text, /event: error\ndata: \{"type":"error","code":"server_error"/);
  t.match((await ask('fault-big-event-5000')).text, /"delta":"x{5000}"/);
});

test('an upstream that lacks Responses answers 404 there and serves the rest', async (t) => {
  const { port } = await startMock(t, '--without=responses,count_tokens');
  const status = async (path: string) =>
    (await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: JSON.stringify({ model: 'mock-instant' }) })).status;
  t.equal(await status(PATH), 404);
  t.equal(await status('/v1/messages/count_tokens'), 404);
  t.equal(await status('/v1/messages'), 200);
  t.equal(await status('/v1/chat/completions'), 200);
});
