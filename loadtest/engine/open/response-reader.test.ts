import { test } from 'tap';
import { MalformedAnswer, ResponseReader } from './response-reader.js';

/** Reads `text` in pieces of so many bytes and writes down what was told. */
function read(text: string, size = text.length): { told: string; reader: ResponseReader } {
  const told: string[] = [];
  const reader = new ResponseReader({
    head: (status) => told.push(`head ${status}`),
    body: (piece, endsChunk) => told.push(`${piece.toString('latin1')}${endsChunk ? '|' : ''}`),
    end: () => told.push('end'),
  });
  reader.start();
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += size) reader.push(Buffer.from(bytes.subarray(at, at + size)));
  return { told: told.join(' '), reader };
}

const CHUNKED = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';

test('a chunked answer is told piece by piece, with the end of each chunk', (t) => {
  const { told, reader } = read(`${CHUNKED}3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n`);
  t.equal(told, 'head 200 abc| 0123456789| end');
  t.ok(reader.keepsAlive);
  t.end();
});

test('wherever reads are cut, the same body and ends come out', (t) => {
  const text = `HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${CHUNKED}3\r\nabc\r\n00a\r\n0123456789\r\n0\r\n\r\n`;
  for (let size = 1; size <= text.length; size++) {
    const { told } = read(text, size);
    t.equal(told.replaceAll(' ', ''), 'head200abc|0123456789|end', `in pieces of ${size}`);
  }
  t.end();
});

test('a length ends the body, no length and no chunks are ended by the close', (t) => {
  t.equal(read('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello').told, 'head 200 hello end');
  t.equal(read('HTTP/1.1 503 Full\r\ncontent-length: 0\r\n\r\n').told, 'head 503 end');
  t.equal(read('HTTP/1.1 204 No Content\r\n\r\n').told, 'head 204 end');
  const { told, reader } = read('HTTP/1.0 200 OK\r\n\r\nhello');
  t.equal(told, 'head 200 hello');
  t.ok(reader.closesBody());
  t.notOk(reader.keepsAlive);
  t.end();
});

test('`Connection: close` and bytes behind the end forbid another request on the connection', (t) => {
  t.notOk(read('HTTP/1.1 200 OK\r\nConnection: keep-alive, Close\r\ncontent-length: 0\r\n\r\n').reader.keepsAlive);
  t.notOk(read('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nxy').reader.keepsAlive);
  t.end();
});

test('the next answer on a kept connection is read afresh', (t) => {
  const { reader } = read('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx');
  t.throws(() => reader.push(Buffer.from('H')), new MalformedAnswer('bytes that no request asked for'));
  reader.start();
  reader.push(Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
  t.ok(reader.keepsAlive);
  t.end();
});

test('what is no HTTP, or has no bound, is refused', (t) => {
  const hostile: readonly [fault: string, text: string][] = [
    ['malformed HTTP', 'what is this?\r\n\r\n'],
    ['malformed HTTP', 'HTTP/2 200 OK\r\n\r\n'],
    ['malformed HTTP', 'HTTP/1.1 OK\r\n\r\n'],
    ['a head without end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`],
    ['malformed chunk size', `${CHUNKED}\r\n`],
    ['a chunk without size', `${CHUNKED}\n`],
    ['malformed chunk size', `${CHUNKED}xyz\r\n`],
    ['malformed chunk size', `${CHUNKED}-3\r\n`],
    ['a chunk size without end', `${CHUNKED}5;${'x'.repeat(2000)}`],
    ['a chunk too large', `${CHUNKED}${'f'.repeat(14)}\r\n`],
    ['a chunk longer than its size', `${CHUNKED}3\r\nabcd`],
    ['trailers without end', `${CHUNKED}0\r\n${'x'.repeat(70_000)}`],
  ];
  for (const [fault, text] of hostile) t.throws(() => read(text, 1000), new MalformedAnswer(fault), fault);
  t.end();
});
