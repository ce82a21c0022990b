import type { IncomingHttpHeaders } from 'node:http';
import { test } from 'tap';
import type { UpstreamProtocol } from '../config.js';
import { requestHeaders } from './request-headers.js';

function sent(client: IncomingHttpHeaders = {}, protocol: UpstreamProtocol = 'openai', stream = false): Record<string, string> {
  const list = requestHeaders({ protocol, key: 'sk-upstream', stream, requestId: 'req_1', client });
  const names = list.filter((_, at) => at % 2 === 0);
  if (new Set(names).size !== names.length) throw new Error('a header is sent twice');
  return Object.fromEntries(names.map((name, at) => [name, list[at * 2 + 1] ?? '']));
}

test('the upstream gets its own key in its protocol’s way', async (t) => {
  t.equal(sent().authorization, 'Bearer sk-upstream');
  t.notOk('x-api-key' in sent());
  t.equal(sent({}, 'anthropic')['x-api-key'], 'sk-upstream');
  t.notOk('authorization' in sent({}, 'anthropic'));
});

test('the form of the answer is asked for, never compressed', async (t) => {
  t.match(sent(), { accept: 'application/json', 'accept-encoding': 'identity', 'content-type': 'application/json' });
  t.equal(sent({}, 'openai', true).accept, 'text/event-stream');
});

test('nothing of the client passes but what the provider defines', async (t) => {
  const client = {
    authorization: 'Bearer sk-client',
    'x-api-key': 'sk-client',
    'api-key': 'sk-client',
    'proxy-authorization': 'Basic x',
    cookie: 'a=b',
    host: 'gateway',
    'x-forwarded-for': '10.0.0.1',
    forwarded: 'for=10.0.0.1',
    connection: 'close',
    'transfer-encoding': 'chunked',
    'content-length': '5',
    'accept-encoding': 'gzip',
    'user-agent': 'client/1',
    'x-request-id': 'theirs',
    'openai-organization': 'org-x',
    'x-session-id': 'alice',
  };
  for (const protocol of ['openai', 'anthropic'] as const) t.strictSame(sent(client, protocol), sent({}, protocol));
});

test('a provider’s own headers and the trace pass to that provider only', async (t) => {
  const client = { 'openai-beta': 'x=1', 'anthropic-version': '2023-06-01', 'anthropic-beta': 'a,b', traceparent: '00-1-2-01' };
  t.match(sent(client), { 'openai-beta': 'x=1', traceparent: '00-1-2-01' });
  t.notOk(Object.keys(sent(client)).some((name) => name.startsWith('anthropic')));
  t.match(sent(client, 'anthropic'), { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'a,b', traceparent: '00-1-2-01' });
  t.notOk('openai-beta' in sent(client, 'anthropic'));
});

test('a value that is empty, too long or could split a header does not pass', async (t) => {
  for (const value of ['', 'x'.repeat(1025), 'a\r\nb: c', 'a\u0000', 'é'])
    t.notOk('openai-beta' in sent({ 'openai-beta': value }), value);
});
