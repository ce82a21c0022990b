import { test } from 'tap';
import { createBodyReader } from './bodies.js';
import { ChunkedBody } from './chunked-body.js';

test('a body of a known length ends at that length, wherever it is split', (t) => {
  for (let at = 0; at <= 5; at++) {
    const body = createBodyReader({ kind: 'length', length: 5 });
    const pieces = ['hello'.slice(0, at), `${'hello'.slice(at)}HTTP/1.1 200 OK`].filter((piece) => piece !== '');
    let payload = '';
    let end = -1;
    for (const piece of pieces) {
      end = body.push(piece);
      payload += body.payload;
      t.equal(body.framed, '');
      if (end >= 0) break;
      t.equal(body.endOfInput(), false, 'not complete before');
    }
    t.equal(payload, 'hello');
    t.equal(end, at === 5 ? 5 : 5 - at);
    t.equal(body.endOfInput(), true);
  }
  t.end();
});

test('a body until the connection ends takes everything, and that end completes it', (t) => {
  const body = createBodyReader({ kind: 'until-close' });
  t.equal(body.push('0\r\n\r\n'), -1);
  t.equal(body.payload, '0\r\n\r\n');
  t.equal(body.framed, '');
  t.equal(body.push('b'), -1);
  t.equal(body.payload, 'b');
  t.equal(body.endOfInput(), true);
  t.end();
});

test('no body is complete at once and takes nothing', (t) => {
  const body = createBodyReader({ kind: 'none' });
  t.equal(body.endOfInput(), true);
  t.equal(body.push('surplus'), 0);
  t.equal(body.payload, '');
  t.end();
});

test('a chunked body has a reader of its own', (t) => {
  t.ok(createBodyReader({ kind: 'chunked' }) instanceof ChunkedBody);
  t.end();
});
