import OpenAI from 'openai';
import { test } from 'tap';
import { GatewayError } from '../../errors.js';
import { responsesProtocol } from './index.js';
import { ResponsesStreamObserver } from './stream-observer.js';

const event = (value: { type: string; [member: string]: unknown }) => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;
const head = { id: 'resp_9', created_at: 17, model: 'gpt-5' };
const created = event({ type: 'response.created', sequence_number: 0, response: { ...head, error: null, usage: null } });
const delta = (piece: string, sequence_number = 4) =>
  event({
    type: 'response.output_text.delta',
    sequence_number,
    item_id: 'msg_1',
    output_index: 0,
    content_index: 0,
    delta: piece,
  });
const usage = { input_tokens: 7, input_tokens_details: { cached_tokens: 5 }, output_tokens: 3 };
const ended = (type: string) => event({ type, sequence_number: 9, response: { ...head, usage } });
const added = (type: string) =>
  event({ type: 'response.output_item.added', sequence_number: 2, output_index: 0, item: { type } });
const error = new GatewayError('upstream_incomplete', 'It ended early.');

test('greetings, an empty item or part, and what is no part of an answer are no content', async (t) => {
  const texts = [
    created,
    event({ type: 'response.in_progress', response: head }),
    event({ type: 'response.queued', response: head }),
    added('message'),
    added('reasoning'),
    event({ type: 'response.content_part.added', part: { type: 'output_text', text: '' } }),
    event({ type: 'codex.rate_limits' }),
    ': x\n\n',
  ];
  for (const text of texts) t.equal(new ResponsesStreamObserver().inspect(text), 'preamble', text);
});

test('pieces, calls and an end are content', async (t) => {
  const texts = [
    delta('a'),
    event({ type: 'response.reasoning_summary_text.delta', delta: 'a' }),
    event({ type: 'response.refusal.delta', delta: 'a' }),
    added('function_call'),
    added('web_search_call'),
    ended('response.completed'),
    ended('response.incomplete'),
  ];
  for (const text of texts) t.equal(new ResponsesStreamObserver().inspect(text), 'content', text);
});

test('an error before content is seen in each of its forms, an overload behind the greetings included', async (t) => {
  const overloaded = { code: 'server_is_overloaded', message: 'Later.' };
  const texts = [
    event({ type: 'response.failed', response: { ...head, error: overloaded } }),
    event({ type: 'error', ...overloaded }),
    event({ type: 'error', error: overloaded }),
    `data: ${JSON.stringify({ error: overloaded })}\n\n`,
  ];
  for (const text of texts) {
    const observer = new ResponsesStreamObserver();
    t.match(observer.inspect(created + added('reasoning') + text), { error: overloaded }, text);
    t.ok(observer.errorSeen);
  }
});

test('an error after content is noted; text that speaks of one is not', async (t) => {
  for (const text of [event({ type: 'error', message: 'no' }), ended('response.failed')]) {
    const observer = new ResponsesStreamObserver();
    observer.watch(text);
    t.ok(observer.errorSeen, text);
    t.notOk(observer.finished);
  }
  const observer = new ResponsesStreamObserver();
  observer.watch(delta('{"type":"error"} {"type":"response.completed"}'));
  observer.watch(event({ type: 'response.output_item.done', item: { type: 'function_call', arguments: '{"error":{}}' } }));
  t.match(observer, { errorSeen: false, finished: false });
});

test('it is finished when the answer is complete, cut by its limit or not, and the usage is known then', async (t) => {
  for (const type of ['response.completed', 'response.incomplete']) {
    const observer = new ResponsesStreamObserver();
    observer.watch(created);
    observer.watch(delta('a'));
    t.match(observer, { finished: false, usage: undefined, responseId: 'resp_9' });
    observer.watch(delta('b') + ended(type));
    t.match(observer, { finished: true, usage: { input: 7, cachedInput: 5, output: 3 } });
  }
});

test('edge case 40: a stream that must be broken off ends with a failure that fits it', async (t) => {
  const observer = new ResponsesStreamObserver();
  for (const text of [created, delta('a', 7) + delta('b', 8), ': ping\n\n']) observer.watch(text);
  const text = observer.failure(error, 'req_1');
  t.match(text, /^event: response.failed\ndata: [^\n]+\n\n$/);
  t.match(JSON.parse(text.split('\ndata: ')[1] as string), {
    type: 'response.failed',
    sequence_number: 9,
    response: {
      ...head,
      object: 'response',
      status: 'failed',
      error: { code: 'upstream_incomplete', message: 'It ended early.' },
    },
  });
});

test('where nothing of the stream is known the failure is a whole response of its own, which the SDK reads', async (t) => {
  const text = responsesProtocol.streamError(error, 'req_1-2');
  const fetch = async () => new Response(text, { headers: { 'content-type': 'text/event-stream' } });
  const client = new OpenAI({ apiKey: 'none', baseURL: 'http://127.0.0.1/v1', fetch, maxRetries: 0 });
  const seen: OpenAI.Responses.ResponseStreamEvent[] = [];
  for await (const each of await client.responses.create({ model: 'm', input: 'x', stream: true })) seen.push(each);
  t.match(seen, [{ type: 'response.failed', sequence_number: 0, response: { id: 'resp_req_12', status: 'failed', output: [] } }]);
  t.equal(new ResponsesStreamObserver().failure(error, 'req_1-2'), text);
});

test('usage of a whole answer is that of its own member, not of one inside', async (t) => {
  t.match(responsesProtocol.inspectAnswer(JSON.stringify({ output: [{ usage: { input_tokens: 1 } }], usage }))?.usage, {
    input: 7,
    output: 3,
  });
  for (const body of ['', '{}', '{"usage":null}', '[]']) t.equal(responsesProtocol.inspectAnswer(body)?.usage, undefined, body);
});
