import fc from 'fast-check';
import { test } from 'tap';
import { EventSplitter } from './event-splitter.js';

const BLANK = ['\n\n', '\r\n\r\n', '\n\r\n', '\r\n\n'];

/** Events of one or two lines of any characters, each with one of the blank lines behind it. */
const events = fc.array(
  fc.record({
    lines: fc.array(
      fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => `data: ${text.replace(/[\r\n]/g, '')}`),
      { minLength: 1, maxLength: 2 },
    ),
    blank: fc.constantFrom(...BLANK),
  }),
);

function split(bytes: Buffer, cuts: readonly number[]): { found: string[]; pending: number } {
  const splitter = new EventSplitter();
  const found: string[] = [];
  const borders = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const border of [...borders, bytes.length]) {
    splitter.push(bytes.subarray(from, border), (event) => found.push(event.toString('utf8').trimEnd()));
    from = border;
  }
  return { found, pending: splitter.pending };
}

test('any cutting of a stream, in characters and line ends too, gives the same events', async () => {
  fc.assert(
    fc.property(events, fc.array(fc.nat(), { maxLength: 40 }), (list, cuts) => {
      const bytes = Buffer.from(list.map(({ lines, blank }) => lines.join('\n') + blank).join(''));
      const { found, pending } = split(bytes, cuts);
      const wanted = list.map(({ lines }) => lines.join('\n').trimEnd());
      return pending === 0 && found.length === wanted.length && found.every((text, index) => text === wanted[index]);
    }),
  );
});

test('one byte at a time gives the same events', async (t) => {
  const bytes = Buffer.from('data: 你好\r\n\r\n: ping\n\ndata: a\ndata: b\n\n');
  const { found } = split(bytes, bytes.map((_, index) => index) as unknown as number[]);
  t.strictSame(found, ['data: 你好', ': ping', 'data: a\ndata: b']);
});

test('an event without its blank line is pending, not delivered', async (t) => {
  t.strictSame(split(Buffer.from('data: whole\n\ndata: half\n'), []), { found: ['data: whole'], pending: 11 });
});

test('blank lines before and between events make no empty events', async (t) => {
  t.strictSame(split(Buffer.from('\n\n\r\n\ndata: a\n\n\n\ndata: b\n\n'), []).found, ['data: a', 'data: b']);
});

test('an endless event does not take endless memory', async (t) => {
  const splitter = new EventSplitter();
  const megabyte = Buffer.alloc(2 ** 20, 'x');
  for (let count = 0; count < 12; count++) splitter.push(megabyte, () => t.fail('no event ended'));
  t.ok(splitter.pending <= 4 * 2 ** 20);
  t.ok(splitter.oversized > 0);
});
