import { test } from 'tap';
import { gatewayConfig, startGateway, startMock } from './helpers/gateway.js';
import { answersIn, speak } from './helpers/raw-http.js';
import { startRecordingUpstream } from './helpers/recording-upstream.js';

const CHAT = '/v1/chat/completions';

async function ask(url: string, body: string, path = CHAT, headers: Record<string, string> = {}) {
  const answer = await fetch(url + path, { method: 'POST', body, headers });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, error: JSON.parse(text).error };
}

test('a request that is no JSON object with a model is 400 and says which field is at fault', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, gatewayConfig(mock.url));
  const faults: [string, string | null][] = [
    ['', null],
    ['   ', null],
    ['{', null],
    ['{"model":"m"', null],
    ['{"model":"m"}}', null],
    ['{"model":"m"} x', null],
    ['{"model":"m",}', null],
    ["{'model':'m'}", null],
    ['[]', null],
    ['null', null],
    ['"model"', null],
    ['{"model":"m","x":01}', null],
    ['\ufeff{"model":"m"}', null],
    ['--boundary\r\ncontent-disposition: form-data; name="model"\r\n\r\nm\r\n--boundary--', null],
    ['{}', 'model'],
    ['{"model":null}', 'model'],
    ['{"model":7}', 'model'],
    ['{"model":""}', 'model'],
    ['{"model":["m"]}', 'model'],
    ['{"model":{"model":"m"}}', 'model'],
    ['{"messages":[{"model":"m"}]}', 'model'],
    ['{"model":"m","stream":"yes"}', 'stream'],
    ['{"model":"m","stream":1}', 'stream'],
  ];
  for (const [body, param] of faults) {
    const { status, error, headers } = await ask(gateway.url, body);
    t.equal(status, 400, body);
    t.match(error, { type: 'invalid_request_error', message: String, code: String });
    t.equal(error.param, param, `${body}: ${error.message}`);
    t.equal(headers.get('content-type'), 'application/json');
    t.match(headers.get('x-request-id'), /^req_/);
  }
  t.equal((await mock.stats()).requests, 0);
});

test('a key given twice cannot mean one model here and another upstream', async (t) => {
  const upstream = await startRecordingUpstream(t);
  const targets = [{ upstream: 'main' }];
  const models = [
    { name: 'cheap', targets },
    { name: 'dear', targets },
  ];
  const clients = [{ name: 'app', key: 'tg-cheap-client', models: ['cheap'] }];
  const gateway = await startGateway(t, gatewayConfig(upstream.url, { models, clients }));
  const headers = { authorization: 'Bearer tg-cheap-client' };
  for (const body of [
    '{"model":"cheap","model":"dear"}',
    '{"model":"dear","model":"cheap"}',
    '{"model":"cheap","mod\\u0065l":"dear"}',
    '{"\\u006dodel":"dear","model":"cheap"}',
  ]) {
    const { status } = await ask(gateway.url, body, CHAT, headers);
    t.ok([400, 403].includes(status), `${body}: ${status}`);
  }
  t.equal(upstream.requests.length, 0);
});

test('deep nesting and prototype keys harm nobody', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, gatewayConfig(mock.url));
  const depth = 1_000_000;
  for (const body of [
    `{"model":"mock-instant","x":${'['.repeat(depth)}${']'.repeat(depth)}}`,
    `{"model":"mock-instant","x":${'['.repeat(depth)}`,
    `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
  ]) {
    const { status } = await ask(gateway.url, body);
    t.ok(status < 500, `${body.slice(0, 40)}: ${status}`);
  }
  for (const body of [
    '{"model":"mock-instant","__proto__":{"stream":true,"model":"fault-no-answer","polluted":"yes"},"messages":[]}',
    '{"model":"mock-instant","constructor":{"prototype":{"stream":true,"polluted":"yes"}},"metadata":{"__proto__":{"user_id":"x"}},"messages":[]}',
  ])
    t.equal((await ask(gateway.url, body)).status, 200);
  const plain = await fetch(gateway.url + CHAT, { method: 'POST', body: '{"model":"mock-instant","messages":[]}' });
  t.match(plain.headers.get('content-type'), 'application/json', 'a later request is not a stream');
  t.notMatch(await plain.text(), 'polluted');
  t.equal((await ask(gateway.url, '{"__proto__":{"model":"mock-instant"}}')).error.param, 'model');
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty'])
    t.ok((await ask(gateway.url, JSON.stringify({ model: name, messages: [] }))).status < 500, name);
  t.equal(gateway.workers().length, 1);
});

test('what does not exist is 404, in the shape of the protocol that the path belongs to', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, gatewayConfig(mock.url));
  const paths = [
    '/',
    '/v1',
    '/v1/',
    '//v1/chat/completions',
    '/v1//chat/completions',
    '/v1/chat/completions/',
    '/v1/Chat/Completions',
    '/V1/chat/completions',
    '/v1/chat/completions/x',
    '/v1/chat%2Fcompletions',
    '/v1/%2e%2e/v1/nope',
    '/x/../v1/nope',
    '/v1/./nope',
    '/v1/chat/completions;x',
    '/_mock/requests',
    '/metrics',
    '/api/workers',
    '/v1/models/',
    '/%00',
    '/%ff',
    '/%',
    `/${'a'.repeat(8000)}`,
    '/http://169.254.169.254/',
    '//169.254.169.254/v1/chat/completions',
  ];
  for (const path of paths) {
    const body = '{"model":"mock-instant","messages":[]}';
    const bytes = `POST ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    const [answer] = answersIn((await speak(gateway.port, bytes)).text);
    t.equal(answer?.status, 404, path);
    t.match(
      JSON.parse(answer?.body || '{}'),
      { error: { code: 'unknown_url', type: 'invalid_request_error', param: null } },
      path,
    );
  }
  t.equal((await mock.stats()).requests, 0);
  const [anthropic] = answersIn(
    (await speak(gateway.port, 'GET /v1/messages/nope HTTP/1.1\r\nhost: a\r\nx-request-id: r1\r\nconnection: close\r\n\r\n'))
      .text,
  );
  t.equal(anthropic?.status, 404);
  t.match(JSON.parse(anthropic?.body || '{}'), {
    type: 'error',
    error: { type: 'not_found_error', message: String },
    request_id: 'r1',
  });
});

test('a wrong method on a known path is 405 and names the right one', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, gatewayConfig(mock.url));
  const routes = {
    '/v1/chat/completions': 'POST',
    '/v1/embeddings': 'POST',
    '/v1/models': 'GET, HEAD',
    '/v1/models/x': 'GET, HEAD',
  };
  for (const [path, allow] of Object.entries(routes)) {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY']) {
      if (allow.includes(method)) continue;
      const { text } = await speak(
        gateway.port,
        `${method} ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncookie: a=canary\r\n\r\n`,
      );
      const [answer] = answersIn(text, method === 'HEAD');
      if (method === 'QUERY' && answer?.status === 400) continue; // Unknown to older parsers.
      t.equal(answer?.status, 405, `${method} ${path}`);
      t.equal(answer?.headers.allow, allow);
      if (method !== 'HEAD') t.equal(JSON.parse(answer?.body || '{}').error.code, 'method_not_allowed');
      t.notMatch(text, 'canary', 'TRACE echoes nothing');
    }
  }
  t.equal((await mock.stats()).requests, 0);
});
