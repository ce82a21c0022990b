import fc from 'fast-check';
import { test } from 'tap';
import { allowedResponseHeaders } from './response-headers.js';

const allowed = (headers: Record<string, string>) => allowedResponseHeaders(new Map(Object.entries(headers)));

test('what a client acts on passes', async (t) => {
  const headers = {
    'content-type': 'application/json',
    'retry-after': '20',
    'retry-after-ms': '250',
    'x-ratelimit-remaining-tokens': '5',
    'anthropic-ratelimit-requests-reset': '2026-11-20T12:00:00Z',
    'x-should-retry': 'false',
    'openai-processing-ms': '12',
  };
  t.strictSame(allowed(headers), headers);
});

test('what names the account, sets state, leads elsewhere or frames the body stays behind', async (t) => {
  const names = [
    'set-cookie',
    'location',
    'openai-organization',
    'openai-project',
    'anthropic-organization-id',
    'server',
    'via',
    'x-request-id',
    'content-length',
    'content-encoding',
    'transfer-encoding',
    'connection',
    'alt-svc',
    'strict-transport-security',
    'access-control-allow-origin',
    'x-ratelimit',
  ];
  t.strictSame(allowed(Object.fromEntries(names.map((name) => [name, 'x']))), {});
});

test('no value can split a header', async (t) => {
  t.strictSame(allowed({ 'x-ratelimit-limit': '5\r\nset-cookie: a=b', 'content-type': 'text/\u0000', 'retry-after': 'é' }), {});
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) =>
      Object.values(allowed({ 'content-type': value })).every((passed) => passed === value && !/[^\t -~]/.test(passed)),
    ),
  );
});
