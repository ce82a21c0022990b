/** What conversion must leave alone, what it tells of what it could not, and where a request goes. */
import { test } from 'tap';
import { startGateway, startMock } from './helpers/gateway.js';
import { ask, CLIENTS, type ClientProtocol, crossConfig, isSame, UPSTREAMS } from './helpers/protocols.js';
import { startRecordingUpstream } from './helpers/recording-upstream.js';
import { choicesMadeAlone } from './helpers/turns.js';

const PATHS = { 'to-chat': '/v1/chat/completions', 'to-messages': '/v1/messages', 'to-responses': '/v1/responses' } as const;
/** Streams that a parse and a print would change: spaces, ends of line, comments, unknown events, split lines. */
const ODD_STREAMS = {
  chat: 'data:{"id":"c","choices":[ {"index":0,"delta":{"content":"é🌊"},"finish_reason":null}] }\n\n: note\n\ndata: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\r\n\r\ndata: [DONE]\n\n',
  messages:
    'event: message_start\ndata: {"type":"message_start", "message":{"id":"m","usage":{"input_tokens":1}}}\n\nevent:ping\ndata:{"type": "ping"}\n\nevent: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\\u00e9🌊"}}\n\nevent: novelty\ndata: {"type":"novelty"}\n\nevent: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n',
  responses:
    'event: response.created\ndata: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1", "status":"in_progress"}}\n\nevent: response.output_text.delta\ndata: {"type":"response.output_text.delta","sequence_number":1,"delta":"é🌊"}\n\nevent: response.novelty\ndata: {"type":"response.novelty"}\n\nevent: response.completed\ndata: {"type":"response.completed","sequence_number":2,"response":{"id":"resp_1","status":"completed","usage":{"input_tokens":1,"output_tokens":2}}}\n\n',
} as const;

test('same protocol in and out: every byte of request, stream and answer passes as it is', async (t) => {
  const upstream = await startRecordingUpstream(t);
  const gateway = await startGateway(t, crossConfig(upstream.url));
  for (const client of CLIENTS) {
    const model = `to-${client.name}` as const;
    const odd = `  ${JSON.stringify({ ...client.body(model, 'Grüße 🌊', true), novelty: { a: 1.0 } }, null, 1)}\n`;
    const stream = ODD_STREAMS[client.name];
    upstream.answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const bytes = Buffer.from(stream);
      for (let at = 0; at < bytes.length; at += 7) response.write(bytes.subarray(at, at + 7));
      response.end();
    };
    const send = (body: string) => fetch(gateway.url + client.path, { method: 'POST', headers: client.headers, body });
    t.equal(await (await send(odd)).text(), stream, client.name);
    t.equal(upstream.requests.at(-1)?.body.toString(), odd, client.name);
    t.equal(upstream.requests.at(-1)?.url, client.path);
    const whole = ` { "id":"x" , "usage":{"input_tokens":1,"prompt_tokens":1}, "n":1.0, "text":"\\u00e9" }\n`;
    upstream.answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(whole);
    t.equal(await (await send(odd.replace('"stream": true', '"stream": false'))).text(), whole, client.name);
  }
});

test('each upstream is asked in its own form, with its own key and nothing of the client', async (t) => {
  const upstream = await startRecordingUpstream(t);
  const gateway = await startGateway(t, crossConfig(upstream.url));
  upstream.answer = (response) => response.writeHead(400, { 'content-type': 'application/json' }).end('{}');
  for (const client of CLIENTS)
    for (const model of UPSTREAMS) {
      const secret = { authorization: 'Bearer client-secret', 'x-session-id': 'client-session', cookie: 'a=client' };
      await ask(gateway.url, client, client.body(model, 'hello', true), secret);
      const request = upstream.requests.at(-1);
      t.equal(request?.url, PATHS[model], `${client.name} ${model}`);
      const key = model === 'to-messages' ? request?.headers['x-api-key'] : request?.headers.authorization;
      t.match(key, new RegExp(`sk-${model.slice(3)}-`));
      if (model === 'to-messages') t.equal(request?.headers['anthropic-version'], '2023-06-01');
      else t.notOk(Object.keys(request?.headers ?? {}).some((name) => name.startsWith('anthropic')));
      t.notMatch(JSON.stringify(request?.rawHeaders), /client-s|a=client/);
      t.equal(JSON.parse(request?.body.toString() ?? '').model, model);
    }
});

test("Anthropic's beta mark passes to Anthropic's upstreams, other queries to nobody", async (t) => {
  const upstream = await startRecordingUpstream(t);
  const gateway = await startGateway(t, crossConfig(upstream.url));
  const [, messages] = CLIENTS as [ClientProtocol, ClientProtocol];
  for (const [query, model, expected] of [
    ['?beta=true', 'to-messages', '/v1/messages?beta=true'],
    ['?beta=true', 'to-chat', '/v1/chat/completions'],
    ['?api_key=x', 'to-messages', '/v1/messages'],
  ] as const) {
    await ask(gateway.url, { ...messages, path: `/v1/messages${query}` }, messages.body(model, 'x'));
    t.equal(upstream.requests.at(-1)?.url, expected);
  }
});

test('what a target cannot express is refused by its name, or dropped and named', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, crossConfig(mock.url, { model: 'mock-script' }));
  const refused: [number, string, object, string][] = [
    [0, 'to-messages', { n: 2 }, 'n'],
    [0, 'to-responses', { stop: ['x'] }, 'stop'],
    [
      1,
      'to-chat',
      {
        messages: [
          { role: 'user', content: 'x' },
          { role: 'assistant', content: 'pre' },
        ],
      },
      'messages',
    ],
    [1, 'to-chat', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, 'tools'],
    [2, 'to-chat', { previous_response_id: 'resp_1' }, 'previous_response_id'],
    [2, 'to-messages', { store: true }, 'store'],
    [2, 'to-messages', { background: true }, 'background'],
  ];
  for (const [index, model, more, field] of refused) {
    const client = CLIENTS[index] as ClientProtocol;
    const { status, text } = await ask(gateway.url, client, { ...client.body(model, '[[text]]'), ...more });
    t.equal(status, 400, `${field}: ${text}`);
    t.match(text, new RegExp(`'${field}`), field);
  }
  const dropped: [number, string, object, string[]][] = [
    [0, 'to-messages', { seed: 7, frequency_penalty: 1, temperature: 1.7 }, ['seed', 'frequency_penalty', 'temperature']],
    [1, 'to-chat', { top_k: 5 }, ['top_k']],
    [2, 'to-chat', { truncation: 'auto' }, ['truncation']],
  ];
  for (const [index, model, more, fields] of dropped) {
    const client = CLIENTS[index] as ClientProtocol;
    const { status, headers, text } = await ask(gateway.url, client, { ...client.body(model, '[[text]]'), ...more });
    t.equal(status, 200, text);
    const named = headers.get('x-gateway-dropped')?.split(',') ?? [];
    for (const field of fields) t.ok(named.includes(field), `${field} in ${named}`);
  }
  for (const client of CLIENTS) {
    const { headers } = await ask(gateway.url, client, client.body(`to-${client.name}`, '[[text]]'));
    t.equal(headers.get('x-gateway-dropped'), null, 'nothing is dropped where nothing is converted');
  }
});

test('a megabyte is converted off the event loop, whole', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, crossConfig(mock.url, { model: 'mock-script' }));
  const long = `${'A long story about the sea. '.repeat(40_000)}[[text]]`;
  for (const client of CLIENTS)
    for (const model of UPSTREAMS.filter((each) => !isSame(client.name, each))) {
      const { status, text } = await ask(gateway.url, client, client.body(model, long));
      t.equal(status, 200, `${client.name} ${model}: ${text.slice(0, 200)}`);
      const journal = await mock.requests(1);
      t.ok((journal.at(-1)?.bodyBytes ?? 0) > long.length);
    }
});

test('an upstream that knows no Responses is asked in chat form from then on, where that is left to the gateway', async (t) => {
  const mock = await startMock(t, '--without=responses');
  const auto = { name: 'main', protocol: 'openai', baseUrl: mock.url, credentials: [{ id: 'k', key: 'sk-upstream-0123456789' }] };
  const more = { upstreams: [auto], models: [{ name: '*', targets: [{ upstream: 'main', model: 'mock-script' }] }] };
  const gateway = await startGateway(t, crossConfig(mock.url, { more }));
  const [, , responses] = CLIENTS as [ClientProtocol, ClientProtocol, ClientProtocol];
  for (let count = 0; count < 3; count++) {
    const { status, text } = await ask(gateway.url, responses, responses.body('any', '[[text]]', true));
    t.equal(status, 200, text);
    t.match(text, responses.end);
  }
  const paths = (await mock.requests()).map(({ path }) => path);
  t.same(paths.filter((path) => path === '/v1/chat/completions').length, 3);
  t.ok(paths.filter((path) => path === '/v1/responses').length <= 1, 'asked once');
});

test('who goes on from an answer is sent where it was made, over all workers', async (t) => {
  const upstream = await startRecordingUpstream(t);
  const keys = Array.from({ length: 5 }, (_, index) => ({ id: `k${index}`, key: `sk-upstream-${index}-0123456789` }));
  const more = {
    server: { workers: 2 },
    upstreams: [{ name: 'main', protocol: 'openai', api: 'responses', baseUrl: upstream.url, credentials: keys }],
    models: [{ name: '*', targets: [{ upstream: 'main' }] }],
  };
  const gateway = await startGateway(t, crossConfig(upstream.url, { more }));
  let made = 0;
  upstream.answer = (response, { body }) => {
    const id = `resp_${made++}`;
    const stream = JSON.parse(body.toString()).stream;
    const whole = {
      id,
      object: 'response',
      status: 'completed',
      store: true,
      output: [],
      usage: { input_tokens: 1, output_tokens: 1 },
    };
    if (!stream) return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(whole));
    const event = (type: string, index: number) =>
      `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: index, response: whole })}\n\n`;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    return response.end(event('response.created', 0) + event('response.completed', 1));
  };
  const keyOf = () => upstream.requests.at(-1)?.headers.authorization;
  const [, , responses] = CLIENTS as [ClientProtocol, ClientProtocol, ClientProtocol];
  const strays: string[] = [];
  for (const stream of [false, true])
    for (let talk = 0; talk < 6; talk++) {
      const opening = { ...responses.body('m', `talk ${stream} ${talk}`, stream), store: undefined };
      await ask(gateway.url, responses, opening);
      const first = keyOf();
      for (let turn = 0; turn < 3; turn++) {
        const previous_response_id = `resp_${made - 1}`;
        await ask(gateway.url, responses, {
          ...responses.body('m', `turn ${turn}`, stream),
          store: undefined,
          previous_response_id,
        });
        if (keyOf() !== first) strays.push(`talk ${stream} ${talk}, turn ${turn}`);
      }
    }
  // A choice that took longer than the store's 100 ms was made without it; each such may stray, and the rest of its talk with it.
  t.ok(strays.length <= 3 * (await choicesMadeAlone([gateway])), `strays: ${strays.join('; ') || 'none'}`);
  t.ok(new Set(upstream.requests.map(({ headers }) => headers.authorization)).size >= 4, 'talks are spread');
});

test('edge case 50: tokens are counted by an upstream that can, estimated elsewhere, and the header says so', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, crossConfig(mock.url, { model: 'mock-script' }));
  const count = (model: string, content: string) => {
    const body = JSON.stringify({ model, messages: [{ role: 'user', content }] });
    const headers = { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' };
    return fetch(`${gateway.url}/v1/messages/count_tokens`, { method: 'POST', headers, body });
  };
  const counted = await count('to-messages', 'hello');
  t.equal(counted.headers.get('x-gateway-estimated'), null);
  t.ok(((await counted.json()) as { input_tokens: number }).input_tokens > 0);
  for (const text of ['The tide comes in twice a day.', 'The tide comes in twice a day. '.repeat(20_000)]) {
    const answer = await count('to-chat', text);
    t.equal(answer.headers.get('x-gateway-estimated'), 'true');
    const { input_tokens: tokens } = (await answer.json()) as { input_tokens: number };
    const words = text.trim().split(/\s+/).length;
    t.ok(tokens > words * 0.8 && tokens < words * 1.8 + 20, `${tokens} for ${words} words`);
  }
  t.notOk((await mock.requests()).some(({ model, path }) => path.includes('count_tokens') && model === 'to-chat'));
  const wrong = await count('to-chat', 7 as unknown as string);
  t.equal(wrong.status, 400);
  t.match(await wrong.text(), /"type":"error"/);
});
