/** H: what a client may say in headers and paths, and what becomes of it. */
import { CANARIES } from '../canary.js';
import { ask } from '../client/ask.js';
import { rawRequest } from '../client/raw-stream.js';
import { speak } from '../client/speak.js';
import { equal, ok } from '../expect.js';
import { FORMS, modelsFor } from '../gateway-config.js';
import { type FaultRow, pass } from '../row.js';
import { due, waysModels, waysOf } from './ways.js';

/** All that an upstream may be sent. */
const SENT = new Set([
  ...[
    'host',
    'authorization',
    'x-api-key',
    'content-type',
    'content-length',
    'accept',
    'accept-encoding',
    'user-agent',
    'x-request-id',
  ],
  ...['connection', 'anthropic-version', 'anthropic-beta', 'openai-beta', 'traceparent', 'tracestate'],
]);

const SECRET_HEADERS: Readonly<Record<string, string>> = {
  connection: 'keep-alive, authorization, x-hop',
  'x-hop': 'one',
  'proxy-authorization': 'Basic c2VjcmV0',
  cookie: `session=${CANARIES.session}`,
  te: 'trailers',
  forwarded: 'for=10.0.0.1;host=evil.example',
  'x-forwarded-for': '10.0.0.1',
  'x-forwarded-host': 'evil.example',
  'x-real-ip': '10.0.0.1',
  'x-original-url': '/admin',
  'openai-organization': 'org-of-the-client',
  'x-stainless-lang': 'js',
};

const forwarding: FaultRow = {
  id: 'H7',
  title: 'hop-by-hop, cookie, proxy and forwarding headers from the client',
  promise: 'None reaches an upstream: only the headers that a provider defines are sent.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: waysModels('h7', { converted: true }),
  async run(bench) {
    const { origin } = await bench.shared();
    const ways = waysOf('h7', { converted: true });
    for (const { form, model } of ways) due(await ask(origin, { form, model, headers: SECRET_HEADERS }), 'complete', model);
    const names = new Set(bench.wall.callsOf('h7-*').flatMap(({ request }) => Object.keys(request.headers)));
    const strange = [...names].filter((name) => !SENT.has(name));
    equal(strange, [], 'headers that should not have gone further');
    for (const { request, key } of bench.wall.callsOf('h7-*')) {
      ok(key.startsWith(CANARIES.upstreamKey), 'the gateway’s own credential was not sent');
      ok(!/evil|10\.0\.0\.1|c2VjcmV0/.test(request.head), `something of it was sent: ${request.head.slice(0, 300)}`);
    }
    return pass('none went further', { requests: ways.length, 'headers sent at most': names.size });
  },
};

const ODD_VALUES = ['caf\xe9', '\xff\xfe', 'a\tb', 'x'.repeat(8_000), '%0d%0ax-evil: 1', '\\r\\nx-evil: 1', 'a"b\\c', '<script>'];

const splitting: FaultRow = {
  id: 'H8',
  title: 'line ends and foreign bytes in values that go further',
  promise: 'Refused or left out; no header upstream or in an answer is ever split by them.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: modelsFor('h8'),
  async run(bench) {
    const { port } = await bench.shared();
    let asked = 0;
    for (const form of FORMS)
      for (const value of ODD_VALUES)
        for (const header of [
          'x-session-id',
          'x-request-id',
          'anthropic-beta',
          'openai-beta',
          'traceparent',
          'anthropic-version',
        ]) {
          const heard = await speak(port, rawRequest({ form, model: `h8-${form}` }, `${header}: ${value}`, 'Connection: close'));
          ok([200, 400, 431].includes(heard.status), `${header}: ${JSON.stringify(value.slice(0, 30))}: ${heard.status}`);
          ok(!/^x-evil:/im.test(heard.text), 'a header of the answer was split');
          asked++;
        }
    for (const form of FORMS) {
      const wish = { form, model: `h8-${form}\r\nx-evil: 1`, more: { metadata: { user_id: 'a\r\nx-evil: 1' } } };
      const heard = await speak(port, rawRequest(wish, 'Connection: close'));
      ok(heard.status === 404 || heard.status === 400, `a line end in a model's name: ${heard.status}`);
      asked++;
    }
    for (const { request } of bench.wall.callsOf('h8-*')) {
      ok(!/^x-evil:/im.test(request.head), 'a header upstream was split');
      ok(/^[\t\x20-\x7e\r\n]*$/.test(request.head), 'bytes beyond ASCII in a header upstream');
    }
    return pass('nothing was split', { requests: asked, split: 0 });
  },
};

const PATHS = [
  ...[
    '//v1/chat/completions',
    '/v1//chat/completions',
    '/v1/../admin',
    '/v1/../metrics',
    '/../../etc/passwd',
    '/v1/chat/completions/',
  ],
  ...[
    '/V1/CHAT/COMPLETIONS',
    '/v1/chat/completions%00',
    '/%2e%2e/metrics',
    '/v1/%2e%2e/api/credentials',
    '/v1/chat%2fcompletions',
  ],
  ...[
    '/v1/chat/completions;a=b',
    '/v1/chat/completions?x=/health',
    '/v1/chat/completions#a',
    '/./v1/chat/completions',
    '/v1/models/../../api/config',
  ],
  ...[
    '/metrics',
    '/api/credentials',
    '/api/config',
    '/admin',
    '/debug/pprof',
    '/.env',
    '/v1',
    '/',
    '/v1/messages/',
    '/v1/embeddings/x',
  ],
];
const METHODS = ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'POST', 'BREW'];

const spellings: FaultRow = {
  id: 'H9',
  title: 'paths spelt otherwise, other methods, method overrides',
  promise: 'Without a key nothing is served by any spelling; the admin’s pages are not on the data port.',
  length: 'quick',
  needs: ['own-gateway'],
  async run(bench) {
    const gateway = await bench.startGateway({
      models: modelsFor('h9', { forms: ['chat'] }),
      config: { clients: [{ name: 'app', key: CANARIES.clientKey }] },
    });
    const body = JSON.stringify({ model: 'h9-chat', messages: [{ role: 'user', content: 'hi' }] });
    const seen: Record<string, number> = {};
    let asked = 0;
    for (const path of PATHS)
      for (const method of METHODS)
        for (const override of ['', 'X-HTTP-Method-Override: GET\r\n']) {
          const bytes = `${method} ${path} HTTP/1.1\r\nHost: g\r\n${override}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
          const { status, text } = await speak(gateway.port, bytes);
          ok([400, 401, 404, 405, 501].includes(status), `${method} ${path}: ${status} without a key`);
          ok(!/tidegate_|"credentials"|root:x/.test(text), `${method} ${path}: shows something of the inside`);
          seen[`status ${status}`] = (seen[`status ${status}`] ?? 0) + 1;
          asked++;
        }
    equal(bench.wall.callsOf('h9-*').length, 0, 'requests upstream without a key');
    for (const path of ['/v1/chat/completions', '/v1/messages', '/v1/responses'])
      for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
        const { status } = await speak(
          gateway.port,
          `${method} ${path} HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer ${CANARIES.clientKey}\r\nConnection: close\r\n\r\n`,
        );
        equal(status, 405, `${method} ${path}`);
      }
    due(await ask(gateway.origin, { model: 'h9-chat' }), 'complete', 'with a key, spelt rightly');
    return pass('nothing served without a key', { requests: asked, ...seen, bypassed: 0 });
  },
};

export const HTTP_NAME_ROWS: readonly FaultRow[] = [forwarding, splitting, spellings];
