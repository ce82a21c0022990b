import { connect } from 'node:net';
import { test } from 'tap';
import { gatewayConfig, startGateway, startMock } from './helpers/gateway.js';
import { until } from './helpers/primary-process.js';
import { answersIn, chatBytes, speak } from './helpers/raw-http.js';

const STREAM = '{"model":"mock-instant","messages":[],"stream":true}';
const GET = (path: string, ...headers: string[]) =>
  `GET ${path} HTTP/1.1\r\nhost: a\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`;

test('two requests in one write are answered in order, whole or streamed', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, gatewayConfig(mock.url));
  const slowStream = '{"model":"mock-paced-6x20","messages":[],"stream":true}';
  const whole = chatBytes({ headers: ['x-request-id: whole'] });
  const streamed = chatBytes({ headers: ['x-request-id: streamed'], body: slowStream });
  const last = GET('/v1/models', 'x-request-id: last', 'connection: close');
  for (const [bytes, order] of [
    [streamed + last, ['streamed', 'last']],
    [streamed + whole + last, ['streamed', 'whole', 'last']],
    [whole + streamed + last, ['whole', 'streamed', 'last']],
    [streamed + streamed + whole + streamed + last, ['streamed', 'streamed', 'whole', 'streamed', 'last']],
    [whole + last, ['whole', 'last']],
  ] as const) {
    const { text } = await speak(gateway.port, bytes);
    const answers = answersIn(text);
    t.strictSame(
      answers.map(({ headers }) => headers['x-request-id']),
      order,
    );
    t.ok(answers.every(({ status }) => status === 200));
    for (const { headers, body } of answers) {
      if (headers['x-request-id'] === 'streamed') t.ok(body.endsWith('data: [DONE]\n\n'), 'a whole stream');
      else t.match(JSON.parse(body), { object: String });
    }
  }
});

test('a connection is kept for the next request, and how long is said', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, gatewayConfig(mock.url));
  for (const first of [
    GET('/health'),
    GET('/v1/models'),
    GET('/nowhere'),
    chatBytes({ headers: [] }),
    chatBytes({ headers: [], body: STREAM }),
    chatBytes({ headers: [], body: '{' }),
  ]) {
    const { text } = await speak(gateway.port, first + GET('/health', 'connection: close'));
    const answers = answersIn(text);
    t.equal(answers.length, 2, first.slice(0, 40));
    t.match(answers[0]?.headers, { connection: 'keep-alive', 'keep-alive': 'timeout=75' });
    t.equal(answers[1]?.headers.connection, 'close');
  }
});

test('an HTTP/1.0 client gets a stream that ends with the connection', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, gatewayConfig(mock.url));
  for (const headers of [[], ['connection: keep-alive']]) {
    const { text, end } = await speak(gateway.port, chatBytes({ version: '1.0', headers, body: STREAM }));
    const [answer] = answersIn(text);
    t.equal(end, 'fin');
    t.equal(answer?.status, 200);
    t.equal(answer?.headers['transfer-encoding'], undefined);
    t.equal(answer?.headers.connection, 'close');
    t.ok(answer?.body.startsWith('data: {'));
    t.ok(answer?.body.endsWith('data: [DONE]\n\n'));
  }
  const [whole] = answersIn((await speak(gateway.port, chatBytes({ version: '1.0', headers: [] }))).text);
  t.equal(JSON.parse(whole?.body ?? '').object, 'chat.completion');
  const [hostless] = answersIn((await speak(gateway.port, 'GET /health HTTP/1.0\r\n\r\n')).text);
  t.equal(hostless?.status, 200, 'and needs no Host');
});

test('HEAD is answered like GET without a body', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, gatewayConfig(mock.url, { clients: [{ name: 'app', key: 'tg-head-client' }] }));
  const key = 'authorization: Bearer tg-head-client';
  for (const [path, status] of [
    ['/health', 200],
    ['/v1/models', 200],
    ['/v1/models/m', 200],
    ['/nowhere', 404],
    ['/v1/chat/completions', 405],
  ] as const) {
    const { text } = await speak(gateway.port, `HEAD ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${key}\r\n\r\n`);
    const [head] = answersIn(text, true);
    t.equal(head?.status, status, path);
    t.ok(text.endsWith('\r\n\r\n'), 'no body');
    t.ok(Number(head?.headers['content-length']) > 0, 'but its length');
  }
  const { text } = await speak(gateway.port, 'HEAD /v1/models HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
  t.match(text, /^HTTP\/1.1 401 /);
});

test('CONNECT and upgrades open no tunnel', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, gatewayConfig(mock.url));
  for (const target of ['169.254.169.254:80', '/v1/chat/completions', 'a']) {
    const { text, end } = await speak(gateway.port, `CONNECT ${target} HTTP/1.1\r\nhost: a\r\n\r\n${chatBytes()}`, {
      patience: 3_000,
    });
    t.notMatch(text, /^HTTP\/1.1 [123]/, target);
    t.not(end, 'open', `${target} is closed`);
  }
  t.equal((await mock.stats()).requests, 0);
  for (const protocol of ['websocket', 'h2c']) {
    const headers = [
      `connection: upgrade, http2-settings`,
      `upgrade: ${protocol}`,
      'http2-settings: AAMAAABkAAQAAP__',
      'sec-websocket-key: dGhlIHNhbXBsZQ==',
      'sec-websocket-version: 13',
    ];
    const { text } = await speak(gateway.port, chatBytes({ headers }), {
      until: (heard) => heard.includes('"chat.completion"'),
      patience: 3_000,
    });
    t.equal(answersIn(text)[0]?.status, 200, `${protocol} is ignored, the request served`);
  }
  const health = await fetch(`${gateway.url}/health`);
  t.equal(health.status, 200);
  t.equal(gateway.workers().length, 1);
});

test('connections past the bound are told so and closed; the others are served', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, gatewayConfig(mock.url, { server: { maxConnections: 20 } }));
  const held = await Promise.all(
    Array.from({ length: 20 }, () => {
      const socket = connect(gateway.port, '127.0.0.1');
      return new Promise<typeof socket>((resolve, reject) => socket.on('connect', () => resolve(socket)).on('error', reject));
    }),
  );
  await until(async () => (await gateway.metric('tidegate_client_connections')) === 20);
  const { text, end } = await speak(gateway.port, chatBytes({ headers: [] }));
  const [refusal] = answersIn(text);
  t.match(refusal, { status: 503, headers: { 'retry-after': '1', connection: 'close' } });
  t.match(JSON.parse(refusal?.body ?? ''), { error: { type: 'overloaded_error', code: 'overloaded' } });
  t.equal(end, 'fin');
  t.equal((await mock.stats()).requests, 0);
  held[0]?.destroy();
  await until(async () => (await fetch(`${gateway.url}/health`).catch(() => undefined))?.status === 200);
  t.ok((await gateway.metric('tidegate_client_connections_refused_total')) >= 1);
  for (const socket of held) socket.destroy();
});

test('headers and bodies that trickle in get 408 and the connection is closed', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, gatewayConfig(mock.url, { server: { headersTimeout: '500ms', bodyTimeout: '500ms' } }));
  const head = (path: string) => `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n`;
  const trickle = (first: string, drop: string) => {
    let timer: NodeJS.Timeout;
    return speak(gateway.port, first, {
      onOpen: (socket) => {
        timer = setInterval(() => socket.write(drop), 50);
        socket.on('close', () => clearInterval(timer));
      },
    });
  };
  const [headers, nothing, chat, messages] = await Promise.all([
    trickle(head('/v1/chat/completions'), 'x-more: yes\r\n'),
    speak(gateway.port, ''),
    trickle(`${head('/v1/chat/completions')}\r\n{`, ' '),
    trickle(`${head('/v1/messages')}\r\n{`, ' '),
  ]);
  for (const { text, end } of [headers, nothing, chat, messages]) {
    t.match(answersIn(text)[0], { status: 408, headers: { connection: 'close' } });
    t.not(end, 'open');
  }
  t.match(JSON.parse(answersIn(chat.text)[0]?.body ?? ''), { error: { code: 'request_timeout' } });
  t.match(JSON.parse(answersIn(messages.text)[0]?.body ?? ''), { type: 'error', error: { type: 'timeout_error' } });
  t.equal((await mock.stats()).requests, 0);
});

test('clients that leave at any moment do no harm', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, gatewayConfig(mock.url));
  const bytes = chatBytes({ headers: [], body: '{"model":"mock-paced-10x10","messages":[],"stream":true}' });
  for (let at = 1; at < bytes.length; at += 9) await speak(gateway.port, bytes.slice(0, at), { patience: 1 });
  for (let patience = 1; patience < 120; patience += 7) await speak(gateway.port, bytes + bytes, { patience });
  for (let wait = 0; wait < 250 && (await mock.stats()).inFlight > 0; wait++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  t.equal((await mock.stats()).inFlight, 0);
  const health = (await (await fetch(`${gateway.url}/health`)).json()) as { status: string };
  t.equal(health.status, 'ok');
  t.equal(gateway.workers().length, 1);
  t.notMatch(gateway.logs, /uncaught|died|"level":[56]0/);
});
