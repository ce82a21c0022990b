import { type Test, test } from 'tap';
import { readHead } from './response-head.js';

const head = (...fields: string[]) => readHead(['HTTP/1.1 200 OK', ...fields].join('\r\n'));
const refused = (t: Test, why: RegExp, ...fields: string[]) =>
  t.throws(() => head(...fields), { name: 'ResponseFault', message: why }, JSON.stringify(fields));

test('a status line is read in the forms of HTTP/1.0 and 1.1', (t) => {
  for (const [line, status] of [
    ['HTTP/1.1 200 OK', 200],
    ['HTTP/1.1 200 ', 200],
    ['HTTP/1.1 200', 200],
    ['HTTP/1.0 404 Not Found', 404],
    ['HTTP/1.1 529 \xdcberlast', 529],
    ['HTTP/1.1 999 odd', 999],
  ] as const)
    t.equal(readHead(line).status, status, line);
  t.end();
});

test('any other status line is refused', (t) => {
  for (const line of [
    '',
    ' HTTP/1.1 200 OK',
    'HTTP/1.1  200 OK',
    'HTTP/1.1\t200 OK',
    'HTTP/1.2 200 OK',
    'HTTP/2.0 200 OK',
    'HTTP/1.1 20 OK',
    'HTTP/1.1 2000 OK',
    'HTTP/1.1 099 OK',
    'HTTP/1.1 +20 OK',
    'HTTP/1.1 200OK',
    'http/1.1 200 OK',
    'HTTP/1.1 200 O\0K',
    'HTTP/1.1 200 O\rK',
    'HTTP/1.1 200 O\nK',
    'HTTP/1.1 200 O\x7fK',
    'ICY 200 OK',
    '\xef\xbb\xbfHTTP/1.1 200 OK',
  ])
    t.throws(() => readHead(line), { name: 'ResponseFault' }, JSON.stringify(line));
  t.end();
});

test('names are lower case, values lose the spaces and tabs around them and nothing else', (t) => {
  const { headers } = head('X-One:  a \tb\t ', 'X-Two:', 'X-Three:\xa0\x85x\xa0', 'x-four::', "!#$%&'*+-.^_`|~09: y");
  t.same(
    [...headers],
    [
      ['x-one', 'a \tb'],
      ['x-two', ''],
      ['x-three', '\xa0\x85x\xa0'],
      ['x-four', ':'],
      ["!#$%&'*+-.^_`|~09", 'y'],
    ],
  );
  t.end();
});

test('a repeated header keeps its last value, connection all of them', (t) => {
  const { headers, keepAlive } = head('a: 1', 'A: 2', 'Connection: close', 'connection: keep-alive', 'content-length: 0');
  t.equal(headers.get('a'), '2');
  t.equal(headers.get('connection'), 'close, keep-alive');
  t.equal(keepAlive, 0);
  t.end();
});

test('a header line that others could read in another way is refused', (t) => {
  for (const line of [
    'a : b',
    'a\t: b',
    ' a: b',
    '\ta: b',
    'a',
    ': b',
    '',
    'a b: c',
    'a(: b',
    'a\x00: b',
    '\xe4: b',
    'a: b\0c',
    'a: b\rc',
    'a: b\r',
    'a: b\nc: d',
    'a: b\x0bc',
    'a: b\x7f',
    'a: \u010a',
  ])
    refused(t, /header line/, 'b: c', line, 'd: e');
  refused(t, /header line/, 'a: b', ' folded', 'c: d');
  refused(t, /header line/, 'a: b', '\tfolded');
  t.end();
});

test('a hostile line costs no more than its length', (t) => {
  const begun = performance.now();
  for (const filler of [' ', '\t', ' a', 'a ']) {
    refused(t, /header line/, `a:${filler.repeat(30_000)}\0`);
    t.ok(head(`a:${filler.repeat(30_000)}`));
    t.ok(head('content-length: 1', `connection: ,${filler.repeat(30_000)}`, `keep-alive: ,${filler.repeat(30_000)}x`));
  }
  t.ok(head('content-length: 1', ...new Array(8_000).fill('connection: ,close x')));
  // Backtracking took 16 s for the first of them.
  t.ok(performance.now() - begun < 4_000);
  t.end();
});

test('names from the language itself are headers like any other', (t) => {
  const { headers } = head('__proto__: a', 'constructor: b', 'toString: c');
  t.same([...headers.keys()], ['__proto__', 'constructor', 'tostring']);
  t.equal(({} as { a?: string }).a, undefined);
  t.end();
});

test('how the body ends follows from status, Transfer-Encoding and Content-Length', (t) => {
  t.same(head('content-length: 5').framing, { kind: 'length', length: 5 });
  t.same(head('content-length:  0005 ').framing, { kind: 'length', length: 5 });
  t.same(head('transfer-encoding: chunked').framing, { kind: 'chunked' });
  t.same(head('Transfer-Encoding: CHUNKED').framing, { kind: 'chunked' });
  t.same(head('transfer-encoding:\t chunked \t').framing, { kind: 'chunked' });
  t.same(head().framing, { kind: 'until-close' });
  t.same(readHead('HTTP/1.1 205 x\r\ncontent-length: 5').framing, { kind: 'length', length: 5 });
  t.end();
});

test('Content-Length that is not one plain number is refused', (t) => {
  for (const value of [
    '',
    '+5',
    '-5',
    '5,5',
    '5, 5',
    '5 5',
    '5;',
    '0x5',
    '5_0',
    '5.0',
    '1e3',
    '\xb2',
    '5\xa0',
    '\xa05',
    '9'.repeat(16),
    'Infinity',
    'five',
  ])
    refused(t, /Content-Length that is no number/, `content-length: ${value}`);
  for (const value of ['\t5', '5\t', ' \t 5', '5 \t']) refused(t, /a tab/, `content-length:${value}`);
  refused(t, /two headers content-length/, 'content-length: 5', 'Content-Length: 5');
  refused(t, /two headers content-length/, 'content-length: 5', 'content-length: 6');
  t.throws(() => readHead('HTTP/1.1 204 x\r\ncontent-length: +5'), /no number/, 'without a body too');
  t.end();
});

test('Transfer-Encoding that is not chunked alone is refused', (t) => {
  for (const value of [
    '',
    'identity',
    'chunked, identity',
    'identity, chunked',
    'gzip, chunked',
    'chunked, chunked',
    ',chunked',
    'chunked,',
    'xchunked',
    'chunkedx',
    'chunked;q=1',
    '"chunked"',
    'chun ked',
    'chunked\xa0',
    '\x85chunked',
    'gzip',
  ])
    refused(t, /unknown Transfer-Encoding/, `transfer-encoding: ${value}`);
  refused(t, /header line/, 'transfer-encoding: \x0bchunked');
  refused(t, /header line/, 'transfer-encoding : chunked');
  refused(t, /header line/, 'transfer-encoding:', ' chunked');
  refused(t, /two headers transfer-encoding/, 'transfer-encoding: chunked', 'transfer-encoding: chunked');
  refused(t, /two headers transfer-encoding/, 'transfer-encoding: chunked', 'transfer-encoding: identity');
  t.throws(() => readHead('HTTP/1.0 200 OK\r\ntransfer-encoding: chunked'), /in HTTP\/1.0/);
  t.end();
});

test('both framings at once are refused, whichever comes first and whatever the status', (t) => {
  refused(t, /both/, 'content-length: 5', 'transfer-encoding: chunked');
  refused(t, /both/, 'transfer-encoding: chunked', 'content-length: 5');
  refused(t, /both/, 'transfer-encoding: chunked', 'content-length: 0');
  t.throws(() => readHead('HTTP/1.1 304 x\r\ncontent-length: 5\r\ntransfer-encoding: chunked'), /both/);
  t.end();
});

test('what names the content twice is refused', (t) => {
  refused(t, /two headers content-type/, 'content-type: text/html', 'content-type: application/json');
  refused(t, /two headers content-encoding/, 'content-encoding: gzip', 'content-encoding: identity');
  t.end();
});

test('a status that has no body must not announce one', (t) => {
  for (const status of [100, 103, 204, 304]) {
    for (const field of ['content-length: 5', 'transfer-encoding: chunked'])
      t.throws(() => readHead(`HTTP/1.1 ${status} x\r\n${field}`), /body announced/, `${status} ${field}`);
    t.same(readHead(`HTTP/1.1 ${status} x`).framing, { kind: 'none' });
    t.same(readHead(`HTTP/1.1 ${status} x\r\ncontent-length: 0`).framing, { kind: 'none' });
  }
  t.end();
});

test('whether the connection may be used again', (t) => {
  const body = 'content-length: 5';
  t.equal(head(body).keepAlive, undefined, 'no word of it');
  t.equal(head(body, 'connection: keep-alive').keepAlive, undefined);
  for (const value of ['close', 'Close', 'keep-alive, close', 'close,keep-alive', 'x,\tclose\t,y', 'close '])
    t.equal(head(body, `connection: ${value}`).keepAlive, 0, value);
  for (const value of ['closed', 'x-close', 'not close', '"close"'])
    t.equal(head(body, `connection: ${value}`).keepAlive, undefined, value);
  t.equal(head().keepAlive, 0, 'the end of the connection is the end of the body');
  t.equal(readHead(`HTTP/1.0 200 OK\r\n${body}\r\nconnection: keep-alive`).keepAlive, 0, 'HTTP/1.0');
  t.end();
});

test('the time that the upstream keeps a connection is taken, less a second', (t) => {
  const told = (value: string) => head('content-length: 5', `keep-alive: ${value}`).keepAlive;
  t.equal(told('timeout=5'), 4_000);
  t.equal(told('max=100, Timeout=72'), 71_000);
  t.equal(told('timeout=1'), 0);
  t.equal(told('timeout=0'), 0);
  for (const value of ['', 'timeout', 'timeout=', 'timeout=-1', 'timeout="5"', 'xtimeout=5', 'max=5'])
    t.equal(told(value), undefined, value);
  t.end();
});
