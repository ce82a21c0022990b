import fc from 'fast-check';
import { test } from 'tap';
import { readPlainHead } from './request-head.js';

const LIMIT = 1_000;
const FIELDS = ['Host: gateway:8080', 'Authorization: Bearer k', 'content-type: application/json', 'Content-Length: 12'];

function head(fields: readonly string[] = FIELDS, line = 'POST /v1/chat/completions HTTP/1.1'): string {
  return `${[line, ...fields].join('\r\n')}\r\n\r\n`;
}

function read(text: string) {
  return readPlainHead(text, LIMIT);
}

test('a plain head is read whole, and its body begins behind it', async (t) => {
  const text = head();
  const plain = read(`${text}{"model":1}`);
  t.match(plain, { path: '/v1/chat/completions', length: 12, end: text.length, route: { maker: 'openai' } });
  t.strictSame(
    { ...plain?.headers },
    { host: 'gateway:8080', authorization: 'Bearer k', 'content-type': 'application/json', 'content-length': '12' },
  );
  t.match(read(head(FIELDS, 'POST /v1/messages?beta=true HTTP/1.1')), {
    path: '/v1/messages?beta=true',
    route: { maker: 'anthropic' },
  });
  t.equal(read(head([...FIELDS, 'connection: Keep-Alive', 'x-latin: \xe9 b']))?.headers['x-latin'], '\xe9 b');
});

test('whatever is not plain is left to Node', async (t) => {
  const lines = [
    'GET /v1/chat/completions HTTP/1.1',
    'post /v1/chat/completions HTTP/1.1',
    'POST /v1/chat/completions HTTP/1.0',
    'POST /v1/chat/completions  HTTP/1.1',
    'POST /v1/chat/completions HTTP/1.1 ',
    'POST /v1/models HTTP/1.1',
    'POST /v1/chat/completions/ HTTP/1.1',
    'POST //v1/chat/completions HTTP/1.1',
    'POST /v1/chat%2fcompletions HTTP/1.1',
    'POST /v1/messages#x HTTP/1.1',
    'POST /v1/messages?a=%20 HTTP/1.1',
    'POST http://gateway/v1/messages HTTP/1.1',
  ];
  for (const line of lines) t.equal(read(head(FIELDS, line)), undefined, line);
  const more = [
    'transfer-encoding: chunked',
    'expect: 100-continue',
    'upgrade: h2c',
    'trailer: x',
    'proxy-connection: close',
    'connection: close',
    'connection: keep-alive, upgrade',
    'Host: other',
    'authorization: Bearer other',
    'content-length: 12',
    'constructor: x',
    '__proto__: x',
    'x-empty:',
    'x-empty: ',
    'x-tight:value',
    'x-end: value ',
    'x-wide:  value',
    'x-tab: a\tb',
    'x-control: a\x01b',
    'x-nul: a\0b',
    'x-cr: a\rb',
    'x-lf: a\nb',
    'x-del: a\x7fb',
    ' folded',
    'x space: a',
    'x-space : a',
    ': nameless',
    'no colon',
  ];
  for (const field of more) t.equal(read(head([...FIELDS, field])), undefined, JSON.stringify(field));
  const [, ...withoutHost] = FIELDS;
  t.equal(read(head(withoutHost)), undefined);
  for (const host of ['a b', 'a/b', '[::1]', 'a:99999', 'a%41'])
    t.equal(read(head([`Host: ${host}`, ...withoutHost])), undefined, host);
  for (const length of ['', '0', '012', '+1', '1 2', '1,1', '0x1', '1001', '99999999999'])
    t.equal(read(head([...FIELDS.slice(0, 3), `Content-Length: ${length}`])), undefined, `length ${length}`);
  t.equal(read(head(FIELDS.slice(0, 3))), undefined, 'no length');
  t.equal(read(head([...FIELDS, ...Array.from({ length: 100 }, (_, index) => `x-${index}: a`)])), undefined, 'too many');
  t.equal(read(head().replaceAll('\r\n', '\n')), undefined);
  t.equal(read(`\r\n${head()}`), undefined);
});

test('a head is never taken for whole before it is', async (t) => {
  const text = head();
  for (let end = 0; end < text.length; end++) t.equal(read(text.slice(0, end)), undefined);
});

test('what is read is what stands there, whatever the fields', async (t) => {
  const name = fc.stringMatching(/^x-[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}$/);
  const value = fc.stringMatching(/^[\x21-\x7e]([\x20-\x7e\x80-\xff]{0,40}[\x21-\x7e\x80-\xff])?$/);
  const fields = fc.uniqueArray(fc.tuple(name, value), { maxLength: 20, selector: ([key]) => key.toLowerCase() });
  fc.assert(
    fc.property(fields, (pairs) => {
      const plain = read(head([...FIELDS, ...pairs.map(([key, text]) => `${key}: ${text}`)]));
      return pairs.every(([key, text]) => plain?.headers[key.toLowerCase()] === text);
    }),
  );
  t.pass();
});
