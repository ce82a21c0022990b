import fc from 'fast-check';
import { test } from 'tap';
import { EventCounter } from './event-counter.js';

/** Chunk framing around some events each, and how many there are. */
const streams = fc
  .array(fc.array(fc.stringMatching(/^[a-z{}":, ]{0,40}$/), { minLength: 1, maxLength: 4 }), { maxLength: 20 })
  .map((chunks) => {
    const bodies = chunks.map((texts) => texts.map((text) => `data: ${text}\n\n`).join(''));
    const framed = bodies.map((body) => `${body.length.toString(16)}\r\n${body}\r\n`);
    return { bytes: Buffer.from(`HTTP/1.1 200 OK\r\n\r\n${framed.join('')}0\r\n\r\n`), events: chunks.flat().length };
  });

test('however the bytes are cut into reads, each event counts once', async () => {
  fc.assert(
    fc.property(streams, fc.array(fc.nat(), { maxLength: 60 }), ({ bytes, events }, cuts) => {
      const counter = new EventCounter();
      const borders = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
      let from = 0;
      for (const border of borders) {
        counter.push(bytes.subarray(from, border));
        from = border;
      }
      return counter.count === events;
    }),
  );
});

test('a read of one byte at a time counts the same', async (t) => {
  const counter = new EventCounter();
  const bytes = Buffer.from('data: a\n\ndata: b\n\n\r\ndata: c\n');
  for (let at = 0; at < bytes.length; at++) counter.push(bytes.subarray(at, at + 1));
  t.equal(counter.count, 2);
  counter.push(Buffer.from('\n'));
  t.equal(counter.count, 3);
});
