import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { gatewayConfig, startGateway, startMock } from './helpers/gateway.js';
import { answersIn, chatBytes, speak } from './helpers/raw-http.js';
import { JSON_TYPE, startRecordingUpstream, WHOLE } from './helpers/recording-upstream.js';

const KEY = 'tg-canary-client-5f1e';
const CANARIES = ['sk-canary-upstream-one-77aa', 'sk-canary-upstream-two-88bb'];
const ADMIN_KEY = 'tg-canary-admin-99cc';

test("nothing of the client's connection, credentials or route reaches the upstream", async (t) => {
  const upstream = await startRecordingUpstream(t);
  const gateway = await startGateway(t, gatewayConfig(upstream.url, { clients: [{ name: 'app', key: KEY }] }));
  const secrets = {
    authorization: `Bearer ${KEY}`,
    'x-api-key': KEY,
    'proxy-authorization': 'Basic leak',
    cookie: 'session=leak',
    'x-forwarded-for': '10.0.0.1',
    'x-forwarded-host': 'leak.example',
    'x-forwarded-proto': 'https',
    'x-real-ip': '10.0.0.1',
    forwarded: 'for=10.0.0.1',
    via: '1.1 leak',
    te: 'trailers',
    'keep-alive': 'timeout=leak',
    'proxy-connection': 'leak',
    connection: 'close, x-named',
    'x-named': 'leak',
    'openai-organization': 'org-leak',
    'openai-project': 'proj-leak',
    'accept-encoding': 'gzip, br',
    range: 'bytes=0-1',
    'if-none-match': 'leak',
    origin: 'https://leak.example',
    referer: 'https://leak.example',
    'user-agent': 'leak',
    'x-http-method-override': 'DELETE',
    'x-original-url': '/leak',
    'content-type': 'text/leak; charset=leak',
    'x-session-id': 'leak',
    'api-key': 'leak',
    'x-stainless-os': 'leak',
  };
  const bytes = chatBytes({ headers: Object.entries(secrets).map(([name, value]) => `${name}: ${value}`) });
  t.equal(answersIn((await speak(gateway.port, bytes)).text)[0]?.status, 200);
  const [recorded] = upstream.requests;
  t.notMatch(recorded?.rawHeaders.join('\n'), /leak|tg-canary|10\.0\.0\.1|gateway|gzip/i);
  t.equal(recorded?.headers.host, new URL(upstream.url).host);
  t.match(recorded?.headers.authorization, /^Bearer sk-upstream-/);
  t.strictSame(
    Object.keys(recorded?.headers ?? {}).sort(),
    [
      'accept',
      'accept-encoding',
      'authorization',
      'connection',
      'content-length',
      'content-type',
      'host',
      'user-agent',
      'x-request-id',
    ],
    'and no header that nobody thought of',
  );
});

test('what a provider or a trace defines is passed on', async (t) => {
  const upstream = await startRecordingUpstream(t);
  const gateway = await startGateway(t, gatewayConfig(upstream.url));
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const headers = { 'openai-beta': 'assistants=v2', traceparent, tracestate: 'a=1', 'x-request-id': 'mine-1' };
  await fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', headers, body: '{"model":"m"}' });
  t.match(upstream.requests[0]?.headers, headers);
});

test("nothing of the upstream's but what a client acts on comes back", async (t) => {
  const upstream = await startRecordingUpstream(t);
  const gateway = await startGateway(t, gatewayConfig(upstream.url));
  const sent = {
    ...JSON_TYPE,
    'set-cookie': ['a=leak', 'b=leak'],
    location: 'http://leak/',
    'openai-organization': 'org-leak',
    'openai-project': 'leak',
    server: 'leak',
    via: '1.1 leak',
    'x-request-id': 'leak',
    'x-gateway-credential': 'leak',
    'x-gateway-attempts': '99',
    'alt-svc': 'leak',
    'cf-ray': 'leak',
    'strict-transport-security': 'leak',
    'access-control-allow-origin': 'leak',
    'proxy-authenticate': 'leak',
    'keep-alive': 'timeout=1',
    connection: 'keep-alive, x-named',
    'x-named': 'leak',
    trailer: 'x-leak',
    'x-ratelimit-remaining-requests': '41',
    'openai-processing-ms': '12',
  };
  const stream = 'data: {"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
  for (const [type, body] of [
    ['application/json', WHOLE],
    ['text/event-stream', stream],
  ] as const) {
    upstream.answer = (response) => {
      response.writeHead(200, { ...sent, 'content-type': type });
      response.write(body);
      response.addTrailers({ 'x-leak': 'leak' });
      response.end();
    };
    const body2 = `{"model":"m","stream":${type !== 'application/json'}}`;
    const { text } = await speak(gateway.port, chatBytes({ body: body2 }));
    const [answer] = answersIn(text);
    t.equal(answer?.status, 200);
    t.notMatch(text, /leak|: 99/i, type);
    t.match(answer?.headers, { 'x-ratelimit-remaining-requests': '41', 'openai-processing-ms': '12', 'x-gateway-attempts': '1' });
    t.match(answer?.headers['content-type'], type);
  }
});

test("the caller's request id is echoed where it is harmless, made where it is not", async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, gatewayConfig(mock.url));
  const idFor = async (headers: string[], path = '') => {
    const bytes = path
      ? `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`
      : chatBytes({ headers: ['connection: close', ...headers] });
    return answersIn((await speak(gateway.port, bytes)).text)[0]?.headers['x-request-id'];
  };
  for (const path of ['', '/v1/models', '/nowhere']) {
    t.equal(await idFor(['x-request-id: my-id_1.2:3'], path), 'my-id_1.2:3');
    t.match(await idFor([], path), /^req_[0-9a-f-]{36}$/);
    for (const bad of ['a b', 'é', '<script>', 'a'.repeat(200), '', '"', '{}'])
      t.match(await idFor([`x-request-id: ${bad}`], path), /^req_/, bad);
    t.match(await idFor(['x-request-id: a', 'x-request-id: b'], path), /^req_/, 'two of them');
  }
  t.equal((await mock.requests())[0]?.rawHeaders.join('\n').includes('my-id_1.2:3'), true, 'the upstream is told the same');
});

test('attempts are always told, the credential only where the operator exposes it', async (t) => {
  const mock = await startMock(t);
  for (const exposeAttempts of [false, true]) {
    const gateway = await startGateway(
      t,
      gatewayConfig(mock.url, { server: { exposeAttempts }, retry: { attempts: 3, budgetPercent: 100 } }),
    );
    await mock.fail({ key: 'sk-upstream-one', fault: 'status-500', times: 1 });
    await mock.fail({ key: 'sk-upstream-two', fault: 'status-500', times: 1 });
    for (const stream of [false, true]) {
      const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        body: `{"model":"mock-instant","messages":[],"stream":${stream}}`,
      });
      t.match(answer.headers.get('x-gateway-attempts'), /^[1-3]$/);
      if (exposeAttempts) t.match(answer.headers.get('x-gateway-credential'), /^k[12]$/);
      else t.equal(answer.headers.get('x-gateway-credential'), null);
      await answer.text();
    }
    await mock.heal();
  }
});

test('no key leaves in an answer, a log, a metric, the admin API or the process table', async (t) => {
  const mock = await startMock(t);
  const credentials = CANARIES.map((key, index) => ({ id: `k${index}`, key }));
  const config = gatewayConfig(mock.url, {
    upstreams: [{ name: 'main', protocol: 'openai', baseUrl: mock.url, credentials }],
    clients: [{ name: 'app', key: KEY }],
    admin: { port: 0, key: ADMIN_KEY },
    server: { workers: 2, exposeAttempts: true },
  });
  const gateway = await startGateway(t, config, { env: { LOG_LEVEL: 'trace' } });
  const canaries = new RegExp([...CANARIES, KEY, ADMIN_KEY].join('|'));
  const heard: Record<string, string> = {};
  for (const model of [
    'fault-leak-key',
    'fault-set-cookie',
    'fault-redirect',
    'fault-status-401',
    'fault-refuse-headers',
    'fault-html-200',
    'mock-instant',
  ]) {
    for (const stream of [false, true]) {
      const body = JSON.stringify({ model, messages: [], stream });
      const { text } = await speak(
        gateway.port,
        chatBytes({ headers: ['connection: close', `authorization: Bearer ${KEY}`], body }),
      );
      heard[`${model} ${stream}`] = text;
      t.notMatch(text, /set-cookie|^location:|openai-organization/im, model);
    }
  }
  heard['a wrong model with a key in it'] = (
    await speak(gateway.port, chatBytes({ headers: ['connection: close', `authorization: Bearer ${KEY}x`] }))
  ).text;
  const admin = { headers: { authorization: `Bearer ${ADMIN_KEY}` } };
  for (const path of [
    '/metrics',
    '/',
    '/health',
    '/ready',
    '/api/config',
    '/api/workers',
    '/api/credentials',
    '/api/sessions',
    '/api/usage',
    '/api/attempts',
  ]) {
    const answer = await fetch(gateway.adminUrl + path, admin);
    heard[path] = await answer.text();
    if (path === '/metrics' || path.startsWith('/api/cred') || path === '/api/attempts') t.equal(answer.status, 200, path);
  }
  for (const pid of [gateway.pid, ...gateway.workers()])
    for (const file of ['cmdline', 'environ']) heard[`/proc/${pid}/${file}`] = readFileSync(`/proc/${pid}/${file}`, 'latin1');
  t.equal(await gateway.stop(), 0);
  heard.logs = gateway.logs + gateway.stdout.join('\n');
  t.ok(heard['/metrics']!.includes('tidegate_'));
  for (const [place, text] of Object.entries(heard)) t.notMatch(text, canaries, place);
  t.ok(
    (await mock.requests()).some(({ key }) => key === CANARIES[0]),
    'and yet the upstream was given them',
  );
});
