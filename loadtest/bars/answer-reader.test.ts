import fc from 'fast-check';
import { test } from 'tap';
import { AnswerReader } from './answer-reader.js';

const BODY = JSON.stringify({ choices: [{ message: { content: 'The tide comes in twice a day. 0' } }] });
const CHUNKS = ['data: {"a":1}\n\n', 'data: 0\n\n', 'data: [DONE]\n\n'].map(
  (text) => `${text.length.toString(16)}\r\n${text}\r\n`,
);

const ANSWERS: Record<string, string> = {
  'of a known length': `HTTP/1.1 200 OK\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
  'without a body': 'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n',
  'in chunks': `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${CHUNKS.join('')}0\r\n\r\n`,
  'in no chunks': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
};

for (const [kind, answer] of Object.entries(ANSWERS)) {
  test(`an answer ${kind} ends with its last byte and not before, wherever it is cut`, async () => {
    const bytes = Buffer.from(answer);
    const reader = new AnswerReader();
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length - 1), { maxLength: 30 }), (cuts) => {
        const borders = [...new Set(cuts)].sort((a, b) => a - b).filter((cut) => cut > 0);
        reader.start();
        let from = 0;
        for (const border of borders) {
          if (reader.push(Buffer.from(bytes.subarray(from, border)))) return false;
          from = border;
        }
        return reader.push(bytes.subarray(from)) && reader.isOver && String(reader.status) === answer.slice(9, 12);
      }),
    );
  });
}

test('nothing of a read is needed after it: the buffer may be used again', async (t) => {
  const reader = new AnswerReader();
  const bytes = Buffer.from(ANSWERS['of a known length'] as string);
  const once = Buffer.alloc(1);
  reader.start();
  let over = false;
  for (const byte of bytes) {
    once[0] = byte;
    over = reader.push(once);
  }
  t.ok(over);
  t.equal(reader.status, 200);
});

test('a head without end is refused', async (t) => {
  const reader = new AnswerReader();
  reader.start();
  t.throws(() => reader.push(Buffer.alloc(20_000, 'x')), /no end/);
});
