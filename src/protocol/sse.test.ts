import fc from 'fast-check';
import { test } from 'tap';
import { EventAligner, eventData, isWholeEvent, lastEventBorder } from './sse.js';

const piece = fc.constantFrom('\n', '\r', '\r\n', '\n\n', 'data: {"a":1}', ': comment', 'data', 'é', 'x');
const stream = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));

function cut(text: string, at: readonly number[]): string[] {
  const borders = [...new Set([0, ...at.map((value) => value % (text.length + 1)), text.length])].sort((a, b) => a - b);
  return borders.slice(1).map((end, index) => text.slice(borders[index], end));
}

test('any split of any bytes gives the same bytes, cut at event borders only', async () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat(), { maxLength: 12 }), (text, at) => {
      const aligner = new EventAligner();
      let sent = '';
      for (const part of cut(text, at)) {
        const out = aligner.push(part);
        sent += out;
        if (out !== '' && lastEventBorder(sent) !== sent.length) return false;
      }
      return sent + aligner.flush() === text;
    }),
    { numRuns: 2000 },
  );
});

test('an event is let go with its last byte, whatever the end of line', async (t) => {
  for (const eol of ['\n', '\r', '\r\n']) {
    const aligner = new EventAligner();
    const event = `data: 1${eol}${eol}`;
    const sent = [...event.repeat(3)].map((byte) => aligner.push(byte)).join('');
    t.equal(sent, event.repeat(3), JSON.stringify(eol));
    t.equal(aligner.held, 0);
  }
});

test('the mixed ends of line of the standard are read', async (t) => {
  t.same(eventData('data:test\r\ndata\ndata:test\r\n\r'), ['test\n\ntest']);
  t.same(eventData('data: A\r\ndata: B\r\ndata: C\r\n\n'), ['A\nB\nC']);
  t.same(eventData('data:1\r:\0\n:\r\ndata:2\n:x\rdata:3\n:data:fail\r:y\ndata:4\n\n'), ['1\n2\n3\n4']);
  t.same(eventData('data:\n\ndata\ndata\n\ndata:test\n\n'), ['', '\n', 'test']);
  t.same(eventData('data:\t1\n\ndata:  2\n\nevent: x\n\n'), ['\t1', ' 2']);
});

test('an event above the bound passes in pieces and is known to be inside', async (t) => {
  const aligner = new EventAligner();
  const block = 'x'.repeat(600_000);
  t.equal(aligner.push(block), '');
  t.equal(aligner.push(block).length, 1_200_000);
  t.notOk(aligner.betweenEvents);
  t.equal(aligner.push('\n'), '');
  t.equal(aligner.push('\n'), '\n\n');
  t.ok(aligner.betweenEvents);
});

test('a megabyte bytewise is held and let go whole', async (t) => {
  const aligner = new EventAligner();
  const event = `data: ${'x'.repeat(1_000_000)}\n\n`;
  let sent = '';
  for (let at = 0; at < event.length; at++) sent += aligner.push(event.charAt(at));
  t.ok(sent === event);
});

test('the rest of a stream is an event only if it is whole', async (t) => {
  for (const whole of ['data: [DONE]', 'data: {"a":1}\n', ': comment', '\n']) t.ok(isWholeEvent(whole), whole);
  for (const half of ['data: [DO', 'data: {"a":', 'data: {"a":"\xc3']) t.notOk(isWholeEvent(half), half);
});
