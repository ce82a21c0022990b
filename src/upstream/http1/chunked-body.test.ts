import { test } from 'tap';
import { ChunkedBody } from './chunked-body.js';

/** Pushes the pieces; the payload so far, what could go on as it is, and the position behind the end (-1: more to come). */
function read(...pieces: string[]) {
  const body = new ChunkedBody();
  const result = { payload: '', framed: [] as string[], end: -1 };
  for (const piece of pieces) {
    result.end = body.push(piece);
    result.payload += body.payload;
    result.framed.push(body.framed);
  }
  return result;
}

const every = (text: string) => read(...text);
const FAULT = { name: 'ResponseFault' };

test('a read of whole plain chunks is payload, and goes on as it is', (t) => {
  t.same(read('5\r\nhello\r\n'), { payload: 'hello', framed: ['5\r\nhello\r\n'], end: -1 });
  t.same(read('1\r\na\r\nA\r\n0123456789\r\n'), { payload: 'a0123456789', framed: ['1\r\na\r\nA\r\n0123456789\r\n'], end: -1 });
  t.same(read('0000000a\r\n\r\n\0\xff\r\n0\r\n\r\r\n').payload, '\r\n\0\xff\r\n0\r\n\r');
  t.end();
});

test('what is not whole, not plain or the end has to be framed anew', (t) => {
  for (const pieces of [
    ['5\r\nhel', 'lo\r\n'],
    ['5;x=y\r\nhello\r\n'],
    ['5\r\nhello\r\n0\r\n\r\n'],
    ['5\r\nhello\r\n2'],
    ['5\r', '\nhello\r\n'],
    ['5\r\nhello\r', '\n'],
  ]) {
    const { payload, framed } = read(...pieces);
    t.equal(payload, 'hello');
    t.same(new Set(framed), new Set(['']), JSON.stringify(pieces));
  }
  t.end();
});

test('whole chunks go on as they are again once a split chunk is complete', (t) => {
  t.same(read('5\r\nhel', 'lo\r\n', '1\r\na\r\n', '1\r\nb\r\n0\r\n', '\r\n').framed, ['', '', '1\r\na\r\n', '', '']);
  t.end();
});

test('a size whose first digit came in the read before is not read anew', (t) => {
  const { payload, framed } = read('1', '5\r\nhello\r\n', '12345678901234\r\n');
  t.equal(payload, 'hello\r\n12345678901234');
  t.same(framed, ['', '', '']);
  t.end();
});

test('the body ends behind the empty line after the last chunk', (t) => {
  const body = '5\r\nhello\r\n0\r\n\r\n';
  t.equal(read(body).end, body.length);
  t.equal(read(`${body}HTTP/1.1 200 OK`).end, body.length);
  t.equal(every(body).end, 1);
  t.equal(read('000\r\n\r\n').end, 7);
  t.equal(read('0\r\n').end, -1);
  t.equal(new ChunkedBody().endOfInput(), false);
  t.end();
});

test('every split at two places gives the same payload', (t) => {
  const text = 'a;n="v;w"\r\n0123456789\r\n2\r\n\r\n\r\nf\r\n0\r\n\r\nHTTP/1.1 2\r\n0;x\r\nA: b\r\n\r\n';
  for (let first = 0; first <= text.length; first++)
    for (let second = first; second <= text.length; second++) {
      const { payload, end } = read(text.slice(0, first), text.slice(first, second), text.slice(second));
      if (payload !== '0123456789\r\n0\r\n\r\nHTTP/1.1 2' || (end < 0 && second < text.length)) t.fail(`${first} ${second}`);
    }
  t.equal(every(text).payload, '0123456789\r\n0\r\n\r\nHTTP/1.1 2');
  t.end();
});

test('a size that is not one to eight hexadecimal digits is refused, whole and byte by byte', (t) => {
  for (const line of [
    '',
    ' 5',
    '5 ',
    '5\t',
    '+5',
    '-5',
    '-1',
    '0x5',
    '0X5',
    '5_0',
    '5,',
    '5.0',
    'g',
    '\xb2',
    '5\0',
    '5h',
    '100000000',
    '000000005',
    'fffffffff',
    'FFFFFFFFFFFFFFFF',
    '10000000000000005',
    '5 ;x',
    '5\r',
    '\r5',
    '5;',
    '5; a=b',
    '5;a =b',
    '5;a= b',
    '5;a=',
    '5;=b',
    '5;a=b;',
    '5;a="b',
    '5;a="b"c',
    '5;a="b\\"',
    '5;a="b" ',
    '5;a=b\t',
    '5;\xe4',
    '5;a\rb',
    '5;\0',
    '5;\x7f',
    '5;a\x0b',
  ]) {
    t.throws(() => read(`${line}\r\nhello\r\n`), FAULT, JSON.stringify(line));
    t.throws(() => every(`${line}\r\nhello\r\n`), FAULT);
    t.throws(() => read(`1\r\na\r\n${line}\r\nhello\r\n`), FAULT, 'behind another chunk');
  }
  t.end();
});

test('no character but the hexadecimal digits is a digit of a size, whatever it might count for', (t) => {
  for (let code = 0; code < 256; code++) {
    const character = String.fromCharCode(code);
    if (/[0-9a-f]/i.test(character)) continue;
    for (const size of [code - 0x30, (code | 0x20) - 0x57])
      if (size > 0) t.throws(() => read(`${character}\r\n${'x'.repeat(size)}\r\n`), FAULT, `${code}`);
  }
  t.end();
});

test('a size line without CR is refused', (t) => {
  t.throws(() => read('5\nhello\r\n'), FAULT);
  t.throws(() => read('5;x\nhello\r\n'), FAULT);
  t.throws(() => read('0\n\r\n'), FAULT);
  t.throws(() => every('5\nhello'), FAULT);
  t.end();
});

test('data that is not followed by CRLF is refused', (t) => {
  for (const text of [
    '5\r\nhello!\r\n',
    '5\r\nhello!\n',
    '5\r\nhello\n\n',
    '5\r\nhello\n',
    '5\r\nhello\r\r\n',
    '5\r\nhello0\r\n\r\n',
    '5\r\nhello\r0\r\n',
    '5\r\nhello5\r\n',
  ]) {
    t.throws(() => read(text), FAULT, JSON.stringify(text));
    t.throws(() => every(text), FAULT);
  }
  t.end();
});

test('the largest size is four gigabytes', (t) => {
  t.same(read('ffffffff\r\nx'), { payload: 'x', framed: [''], end: -1 });
  t.end();
});

test('extensions are dropped, and bounded', (t) => {
  for (const extension of [';a', ';a=b', ';a="b"', ';a=b;c="d e\t\xe4";f', ';a=""', ';a="\\"\\\\;\r"'.replace('\r', '')])
    t.equal(read(`5${extension}\r\nhello\r\n`).payload, 'hello', extension);
  t.equal(read(`5;${'x'.repeat(4_000)}\r\nhello\r\n`).payload, 'hello');
  t.throws(() => read(`5;${'x'.repeat(5_000)}\r\nhello\r\n`), FAULT);
  t.throws(() => read(`5;${'x'.repeat(5_000)}`), FAULT, 'before its end has come');
  t.throws(() => every(`5;${'x'.repeat(5_000)}`), FAULT);
  t.throws(() => every('5'.repeat(5_000)), FAULT);
  t.end();
});

test('trailers are checked, bounded and dropped', (t) => {
  const text = '1\r\na\r\n0\r\nX-Sum: 1\r\nX-Content-Length: 7\r\n\r\n';
  t.same(read(text), { payload: 'a', framed: [''], end: text.length });
  for (const trailer of [
    'x',
    ' x: y',
    'x : y',
    'x: \0',
    ': y',
    'HTTP/1.1 200 OK',
    'x: y\r',
    'Content-Length: 7',
    'transfer-encoding: chunked',
  ]) {
    t.throws(() => read(`0\r\n${trailer}\r\n\r\n`), FAULT, JSON.stringify(trailer));
    t.throws(() => every(`0\r\n${trailer}\r\n\r\n`), FAULT);
  }
  t.throws(() => read('0\r\nx: y\n\r\n'), FAULT);
  t.throws(() => read('0\r\n\n'), FAULT);
  t.throws(() => read(`0\r\nx: ${'y'.repeat(5_000)}\r\n\r\n`), FAULT, 'a long one');
  t.throws(() => read(`0\r\n${'x: y\r\n'.repeat(4_000)}\r\n`), FAULT, 'many');
  t.throws(() => read('0\r\n', ...new Array(4_000).fill('x: y\r\n')), FAULT, 'many, one by one');
  t.end();
});

test('nothing is taken behind the end', (t) => {
  const body = new ChunkedBody();
  t.equal(body.push('0\r\n\r\n'), 5);
  t.equal(body.push('1\r\na\r\n'), 0);
  t.equal(body.payload, '');
  t.equal(body.framed, '');
  t.end();
});
