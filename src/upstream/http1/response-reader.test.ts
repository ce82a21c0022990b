import { test } from 'tap';
import { readResponse, response } from '../../../test/helpers/read-response.js';

const CHUNKED = 'Transfer-Encoding: chunked';
const WHOLE = response(['Content-Type: text/plain', 'Content-Length: 5'], 'hello');
const IN_CHUNKS = response([CHUNKED], '3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nT: r\r\n\r\n');

/** Both ways that show a difference: in one piece, and a byte at a time. */
function bothWays(text: string, closes = true) {
  return [readResponse([text], closes), readResponse(text, closes)];
}

test('an answer is read alike whole, split anywhere and byte by byte', (t) => {
  for (const text of [WHOLE, IN_CHUNKS, response([], 'hello')]) {
    const splits = Array.from({ length: text.length + 1 }, (_, at) => [text.slice(0, at), text.slice(at)]);
    for (const pieces of [...splits, [...text]]) {
      const reading = readResponse(pieces);
      if (reading.status !== 200 || reading.payload !== 'hello' || !reading.complete || reading.fault || reading.surplus)
        t.fail(JSON.stringify(pieces));
    }
  }
  t.end();
});

test('an answer cut at any byte is a fault, never complete', (t) => {
  for (const text of [WHOLE, IN_CHUNKS])
    for (let at = 0; at < text.length; at++)
      for (const reading of bothWays(text.slice(0, at)))
        if (reading.complete || reading.fault !== 'The connection ended before the answer was complete.') t.fail(`cut at ${at}`);
  t.end();
});

test('an answer without length or chunks is complete when the connection ends, not before', (t) => {
  const text = response(['Content-Type: text/plain'], 'hello');
  for (const reading of bothWays(text, false)) t.equal(reading.complete, false);
  for (const reading of bothWays(text)) {
    t.equal(reading.complete, true);
    t.equal(reading.payload, 'hello');
    t.equal(reading.head?.keepAlive, 0);
  }
  for (const reading of bothWays(response([], ''))) t.equal(reading.complete, true, 'empty');
  t.end();
});

test('bytes behind the end are told as surplus, and are no part of the body', (t) => {
  const next = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhacked';
  for (const text of [
    WHOLE,
    IN_CHUNKS,
    response(['Content-Length: 0']),
    response([], '', 'HTTP/1.1 204 No Content'),
    response(['Content-Length: 0'], '', 'HTTP/1.1 304 Not Modified'),
    response([CHUNKED], '0\r\n\r\n'),
  ])
    for (const more of [next, '\r\n', '\0']) {
      const reading = readResponse([text + more]);
      t.equal(reading.surplus, true);
      t.notMatch(reading.payload, /hacked/);
      t.equal(readResponse([text]).surplus, false);
    }
  t.end();
});

test('a 204 or 304 has no body, and one that announces it is refused', (t) => {
  for (const line of ['HTTP/1.1 204 No Content', 'HTTP/1.1 304 Not Modified']) {
    const reading = readResponse([response([], '', line)], false);
    t.equal(reading.complete, true);
    t.equal(reading.payload, '');
    for (const field of ['Content-Length: 5', CHUNKED])
      t.match(readResponse([response([field], 'hello', line)]).fault, /body announced/);
  }
  t.end();
});

test('interim heads are passed over, up to a number', (t) => {
  const interim = response(['Link: </a>'], '', 'HTTP/1.1 103 Early Hints');
  for (const reading of bothWays(response([], '', 'HTTP/1.1 100 Continue') + interim.repeat(15) + WHOLE)) {
    t.equal(reading.status, 200);
    t.equal(reading.payload, 'hello');
  }
  for (const reading of bothWays(interim.repeat(17) + WHOLE)) t.match(reading.fault, /too many interim/);
  const flood = readResponse([interim.repeat(100_000)]);
  t.match(flood.fault, /too many interim|too large/);
  for (const reading of bothWays(interim)) t.match(reading.fault, /ended before/);
  t.end();
});

test('an interim head that smuggles a body is refused', (t) => {
  const smuggled = response(['Content-Length: 40'], '', 'HTTP/1.1 100 Continue');
  for (const reading of bothWays(smuggled + WHOLE)) t.match(reading.fault, /body announced/);
  t.end();
});

test('an interim head that ends the connection, or is of HTTP/1.0, is refused', (t) => {
  for (const interim of [response(['Connection: close'], '', 'HTTP/1.1 103 x'), response([], '', 'HTTP/1.0 100 Continue')])
    for (const reading of bothWays(interim + WHOLE)) t.match(reading.fault, /in an interim head/);
  t.end();
});

test('a switch of protocols is refused', (t) => {
  for (const reading of bothWays(response(['Upgrade: h2c', 'Connection: upgrade'], 'PRI', 'HTTP/1.1 101 Switching')))
    t.match(reading.fault, /switches protocols/);
  t.end();
});

test('a head has a bound, found before its end has come', (t) => {
  const field = `x-${'a'.repeat(1_000)}: b`;
  t.equal(readResponse([response([...new Array(60).fill(field), 'content-length: 0'])]).status, 200);
  t.match(readResponse([response(new Array(70).fill(field))]).fault, /too large/);
  t.match(readResponse(new Array(70).fill(`HTTP/1.1 200 OK\r\n${field}\r\n`)).fault, /too large/);
  t.match(readResponse(['x'.repeat(70_000)], false).fault, /too large/);
  t.match(readResponse([`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(70_000)}`], false).fault, /too large/);
  t.end();
});

test('a line without CR is refused at once, not waited for', (t) => {
  t.match(readResponse(['HTTP/1.1 200 OK\nContent-Length: 5\n\nhello'], false).fault, /without CR/);
  t.match(readResponse('HTTP/1.1 200 OK\n', false).fault, /without CR/);
  t.match(readResponse(['HTTP/1.1 200 OK\r\nA: b\nContent-Length: 5\r\n\r\nhello'], false).fault, /without CR/);
  t.match(readResponse(['\n'], false).fault, /without CR/);
  t.match(readResponse(['HTTP/1.1 200 OK\r', '\r\nA: b\r\n\r\n'], false).fault, /status line/, 'nor is a second CR passed over');
  t.end();
});

test('bytes that are no HTTP at all are refused', (t) => {
  for (const text of [
    '\r\n\r\n',
    '\r\nHTTP/1.1 200 OK\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    '<html>\r\n\r\n',
    '{"error":1}\r\n\r\n',
    '\x16\x03\x01\x02\0\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    '\0'.repeat(70_000),
  ])
    for (const reading of [readResponse([text]), readResponse(text)]) {
      t.ok(reading.fault, JSON.stringify(text.slice(0, 40)));
      t.equal(reading.head, undefined);
    }
  t.end();
});

test('a fault amid the body comes after what was good before it', (t) => {
  const reading = readResponse([response([CHUNKED], '5\r\nhello\r\n'), '0x5\r\nworld\r\n0\r\n\r\n']);
  t.equal(reading.payload, 'hello');
  t.equal(reading.complete, false);
  t.match(reading.fault, /no size/);
  t.end();
});

test('a length that lies long is cut off, one that lies short is surplus', (t) => {
  t.match(readResponse([response(['Content-Length: 6'], 'hello')]).fault, /ended before/);
  const short = readResponse([response(['Content-Length: 4'], 'hello')]);
  t.equal(short.payload, 'hell');
  t.equal(short.surplus, true);
  t.end();
});

test('a head that comes a byte at a time costs no more than a moment', (t) => {
  const begun = performance.now();
  t.equal(readResponse(response([`x: ${'a'.repeat(60_000)}`, 'content-length: 0'])).status, 200);
  t.ok(performance.now() - begun < 10_000);
  t.comment(`${(performance.now() - begun).toFixed(0)} ms`);
  t.end();
});
