import { inspect } from 'node:util';
import { test } from 'tap';
import type { UpstreamRequest } from '../upstream.js';
import { requestHead } from './request-text.js';

const request = (changes: Partial<UpstreamRequest> = {}): UpstreamRequest => ({
  method: 'POST',
  path: '/v1/chat',
  headers: ['content-type', 'application/json'],
  body: Buffer.from('{}'),
  ...changes,
});

test('a request is one line, its headers and its length', (t) => {
  t.equal(
    requestHead(request(), 'host:8080'),
    'POST /v1/chat HTTP/1.1\r\nhost: host:8080\r\nconnection: keep-alive\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n',
  );
  t.match(requestHead(request({ body: null }), 'h'), /\r\ncontent-length: 0\r\n/, 'a POST without a body says so');
  t.notMatch(requestHead(request({ method: 'GET', body: null }), 'h'), /content-length/);
  t.end();
});

test('a value that could begin a header of its own is refused, in words without it', (t) => {
  for (const value of [
    'secret\r\nx: y',
    'secret\nx: y',
    'secret\rx',
    'secret\0',
    'secret\u010a',
    'secret\u{1f600}',
    'secret\x7f',
  ]) {
    const attempt = () => requestHead(request({ headers: ['authorization', value] }), 'h');
    const error = t.throws(attempt, /"authorization" has a character/, JSON.stringify(value));
    t.notMatch(inspect(error), /secret/);
  }
  t.match(requestHead(request({ headers: ['a', 'b\tc \xe4'] }), 'h'), 'a: b\tc \xe4\r\n');
  t.end();
});

test('a name that is no token is refused', (t) => {
  for (const name of ['', 'a b', 'a:', 'a\r\nb', 'a\n', '\xe4', 'a\u010a'])
    t.throws(() => requestHead(request({ headers: [name, 'b'] }), 'h'), /character that is not allowed/, JSON.stringify(name));
  t.end();
});

test('what frames the message is not for the caller to say', (t) => {
  for (const name of ['Host', 'content-length', 'Transfer-Encoding', 'connection', 'upgrade', 'expect', 'trailer'])
    t.throws(() => requestHead(request({ headers: [name, '1'] }), 'h'), /not the caller's/, name);
  t.end();
});

test('a path that could end the request line is refused', (t) => {
  for (const path of ['', 'v1', 'http://other/', '*', '/a b', '/a\r\nx: y', '/a\n', '/\0', '/\xe4', '/\u010a', '/a\t'])
    t.throws(() => requestHead(request({ path }), 'h'), /path/, JSON.stringify(path));
  t.end();
});
