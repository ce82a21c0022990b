/** Canaries in everything that is secret, an upstream that repeats all it hears in every way it can, and every place that text leaves by. */
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { test } from 'tap';
import { ADMIN_VIEWS } from '../loadtest/faults/admin-paths.js';
import { gatewayConfig, startGateway } from './helpers/gateway.js';
import { until } from './helpers/primary-process.js';
import { JSON_TYPE, type Recorded, startRecordingUpstream } from './helpers/recording-upstream.js';

const CANARY = {
  upstreamKey: 'sk-canary-"up"\\stream/key+1',
  otherKey: 'sk-canary-other-upstream-key',
  clientKey: 'tg-canary-client-key',
  adminKey: 'canary-admin-key-of-operators',
  prompt: 'canary-prompt-what-is-my-diagnosis',
  argument: 'canary-tool-argument-account-4711',
  session: 'canary-session-header-value',
  query: 'canary-query-value',
  agent: 'canary-user-agent',
} as const;
/** What no answer may show, since the caller does not know it. */
const NOT_FOR_CALLERS = ['upstreamKey', 'otherKey', 'adminKey'] as const;

/** As an upstream or a careless logger would write it, in whole or a good part. */
function formsOf(canary: string): string[] {
  const json = JSON.stringify(canary).slice(1, -1);
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.from('_'.repeat(offset) + canary)
      .toString('base64')
      .slice(4, -4),
  );
  return [
    canary,
    json,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(canary),
    ...base64,
    canary.slice(0, 16),
    canary.slice(-16),
  ];
}

function leaks(text: string, names: readonly (keyof typeof CANARY)[]): string[] {
  return names.flatMap((name) =>
    formsOf(CANARY[name])
      .filter((form) => text.includes(form))
      .map((form) => `${name} as ${form}`),
  );
}

/** All that the upstream was sent, in every form. */
function echoOf({ rawHeaders, body, url }: Recorded): string {
  const heard = `${url} ${rawHeaders.join(' ')} ${body.toString()}`;
  return [heard, JSON.stringify(heard), encodeURIComponent(heard), Buffer.from(heard).toString('base64')].join(' | ');
}

const sse = (response: ServerResponse, ...events: string[]) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events) response.write(event);
};
const chunk = 'data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\n';
const envelope = (message: string, type = 'server_error') =>
  JSON.stringify({ error: { message, type, code: null, param: message } });

/** Each is one way of failing while telling everything. */
const ANSWERS: Record<string, (response: ServerResponse, echo: string) => void> = {
  ...Object.fromEntries(
    [400, 404, 413, 422, 429, 500, 502, 503, 529].map((status) => [
      `status ${status}`,
      (response: ServerResponse, echo: string) => response.writeHead(status, JSON_TYPE).end(envelope(echo)),
    ]),
  ),
  'an error that is no JSON': (response, echo) => response.writeHead(500, { 'content-type': 'text/html' }).end(`<pre>${echo}`),
  'a redirect': (response, echo) => response.writeHead(302, { location: `http://127.0.0.1:1/${encodeURIComponent(echo)}` }).end(),
  'a 200 with an error': (response, echo) => response.writeHead(200, JSON_TYPE).end(envelope(echo)),
  'HTML for 200': (response, echo) => response.writeHead(200, { 'content-type': 'text/html' }).end(echo),
  'half an answer': (response, echo) => {
    response.writeHead(200, { ...JSON_TYPE, 'content-length': '100000' }).write(echo);
    setTimeout(() => response.destroy(), 20);
  },
  'headers that tell': (response, echo) =>
    response
      .writeHead(200, {
        ...JSON_TYPE,
        'x-echo': encodeURIComponent(echo).slice(0, 4000),
        'set-cookie': 'a=canary-other',
        'openai-organization': 'org-canary',
      })
      .end('{"object":"chat.completion","choices":[]}'),
  'a stream that begins with an error': (response, echo) => sse(response, `data: ${envelope(echo)}\n\n`),
  'a stream that breaks': (response) => {
    sse(response, chunk);
    setTimeout(() => response.destroy(), 20);
  },
  'no answer': () => {},
  'bytes that are no HTTP': (response, echo) => response.socket?.end(`${echo}\r\n\r\n`),
  // Last, as a refused key rests for every model.
  'status 401': (response, echo) => response.writeHead(401, JSON_TYPE).end(envelope(echo)),
};

test('no canary leaves by the log, the metrics, the admin port, the process list or an answer', async (t) => {
  const upstream = await startRecordingUpstream(t);
  const gateway = await startGateway(
    t,
    gatewayConfig(upstream.url, {
      server: { workers: 2 },
      admin: { port: 0, key: CANARY.adminKey },
      upstreams: [
        {
          name: 'main',
          protocol: 'openai',
          baseUrl: upstream.url,
          credentials: [
            { id: 'k1', key: CANARY.upstreamKey },
            { id: 'k2', key: CANARY.otherKey },
          ],
        },
      ],
      clients: [{ name: 'app', key: CANARY.clientKey }],
      timeouts: { headers: '500ms', firstToken: '500ms', idle: '500ms' },
      retry: { attempts: 2, budgetPercent: 100 },
    }),
    { env: { LOG_LEVEL: 'trace' } },
  );
  const admin = (path: string, method = 'GET') =>
    fetch(gateway.adminUrl + path, { method, headers: { authorization: `Bearer ${CANARY.adminKey}` } }).then((answer) =>
      answer.text(),
    );

  let answers = '';
  for (const [name, answer] of Object.entries(ANSWERS))
    for (const path of ['/v1/chat/completions', '/v1/messages', '/v1/responses'])
      for (const stream of [false, true]) {
        upstream.answer = (response, request) => answer(response, echoOf(request));
        const got = await fetch(`${gateway.url}${path}?api_key=${CANARY.query}`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${CANARY.clientKey}`,
            'x-session-id': CANARY.session,
            'user-agent': CANARY.agent,
            cookie: `a=${CANARY.session}`,
          },
          body: bodyFor(path, stream, `${name} ${path} ${stream}`),
          redirect: 'manual',
        });
        const text = [...got.headers].join('\n') + (await got.text().catch((error: Error) => error.message));
        answers += text;
        t.same(leaks(text, NOT_FOR_CALLERS), [], `${name}: ${path}${stream ? ', streamed' : ''}`);
      }
  // Wrong keys and bodies that fail early, with canaries where they could be repeated.
  for (const headers of [{ authorization: `Bearer ${CANARY.clientKey}x` }, { 'x-api-key': `${CANARY.clientKey}x` }, {}])
    answers += await fetch(`${gateway.url}/v1/chat/completions?${CANARY.query}`, {
      method: 'POST',
      headers: headers as Record<string, string>,
      body: `{"${CANARY.prompt}`,
    }).then((got) => got.text());
  t.same(
    leaks(answers, ['clientKey', 'session', 'query', 'agent']).filter((leak) => !leak.includes('Bearer')),
    [],
  );

  const everyone = Object.keys(CANARY) as (keyof typeof CANARY)[];
  for (const path of ['/', '/health', '/ready', ...ADMIN_VIEWS, '/nowhere?canary-query-value'])
    t.same(leaks(await admin(path), everyone), [], `admin ${path}`);
  t.same(leaks(await admin('/api/reload', 'POST'), everyone), [], 'a reload');
  for (const pid of [gateway.pid, ...gateway.workers()])
    for (const file of ['cmdline', 'environ'])
      t.same(leaks(readFileSync(`/proc/${pid}/${file}`, 'latin1'), everyone), [], `/proc/${pid}/${file}`);
  t.ok(upstream.requests.length > Object.keys(ANSWERS).length, 'the upstream was asked');
  await until(() => gateway.logs.includes('reload'));
  t.ok(gateway.stderr.length > 20, 'and much was logged');
  t.same(leaks([gateway.logs, ...gateway.stdout].join('\n'), everyone), []);
});

function bodyFor(path: string, stream: boolean, what: string): string {
  const content = CANARY.prompt;
  const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: JSON.stringify({ a: CANARY.argument }) } };
  if (path === '/v1/responses') return JSON.stringify({ model: what, stream, input: `${content} ${CANARY.argument}` });
  if (path === '/v1/messages') {
    const use = { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: CANARY.argument } };
    const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: CANARY.argument };
    return JSON.stringify({
      ...{ model: what, stream, max_tokens: 10 },
      messages: [
        { role: 'user', content },
        { role: 'assistant', content: [use] },
        { role: 'user', content: [result] },
      ],
    });
  }
  const messages = [
    { role: 'user', content },
    { role: 'assistant', tool_calls: [call] },
    { role: 'tool', tool_call_id: 'call_1', content: CANARY.argument },
  ];
  return JSON.stringify({ model: what, stream, messages });
}
