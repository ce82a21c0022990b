/** The byte cases of server-sent events, each whole, byte by byte, cut in two at every place and at random. */

import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { type Test, test } from 'tap';
import { decoded, encoded, SseParser } from './sse-parser.js';

interface Seen {
  readonly events: readonly (readonly [type: string, data: string])[];
  /** Nothing was left out at the end. */
  readonly whole: boolean;
}

function read(pieces: readonly string[]): Seen {
  const events: [string, string][] = [];
  const parser = new SseParser((type, data) => events.push([type, data]));
  for (const piece of pieces) parser.push(piece);
  return { events, whole: parser.end() };
}

const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
const data = (...texts: string[]): Seen => ({ events: texts.map((text) => ['', text] as const), whole: true });
const at = (text: string, places: readonly number[]) => {
  const borders = [0, ...[...places].sort((a, b) => a - b), text.length];
  return borders.slice(1).map((end, index) => text.slice(borders[index], end));
};

/** In every way of cutting. `text`: as UTF-8 unless it is bytes already. */
function reads(t: Test, text: string, expected: Seen, bytes = latin1(text)): void {
  t.same(read([bytes]), expected, `whole: ${JSON.stringify(text.slice(0, 60))}`);
  t.same(read([...bytes]), expected, 'byte by byte');
  t.same(read(['', ...[...bytes].flatMap((byte) => [byte, ''])]), expected, 'with empty pieces');
  const cuts = Array.from({ length: bytes.length }, (_, place) => read(at(bytes, [place])));
  t.ok(
    cuts.every((seen) => JSON.stringify(seen) === JSON.stringify(expected)),
    'cut in two at every place',
  );
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 8 }), (places) => {
      return JSON.stringify(read(at(bytes, places))) === JSON.stringify(expected);
    }),
    { numRuns: 100 },
  );
}

test('case 1: the three ends of line mixed, the last one a bare CR', async (t) => {
  reads(t, 'data:test\r\ndata\ndata:test\r\n\r', data('test\n\ntest'));
});

test('case 2: a CR at the end of a piece is not yet an empty line', async (t) => {
  t.same(read(['data: A\r\n', 'data: B\r', '\n', 'data: C\r\n', '\n']), data('A\nB\nC'));
});

test('case 3: an empty line cut between CR and LF ends one event', async (t) => {
  t.same(read(['data: 1\r\n\r', '\ndata: 2\r\n\r', '\n']), data('1', '2'));
  reads(t, 'data: 1\r\n\r\ndata: 2\r\n\r\n', data('1', '2'));
});

test('case 4: comments everywhere', async (t) => {
  const long = 'x'.repeat(2048);
  reads(t, `data:1\r:\0\n:\r\ndata:2\n:${long}\rdata:3\n:data:fail\r:${long}\ndata:4\n\n`, data('1\n2\n3\n4'));
});

test('case 5: field names are exact and one leading space goes', async (t) => {
  const text = 'data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n data:32\ndata:4\n\n';
  reads(t, text, data('\0\n 2\n1\n3\n\n4'));
});

test('case 6: unknown fields and text without a colon', async (t) => {
  reads(t, 'data:test\n data\ndata\nfoobar:xxx\njustsometext\n:c\ndata:test\n\n', data('test\n\ntest'));
});

test('case 7: one byte order mark at the start is none of the text', async (t) => {
  reads(t, '\ufeffdata:1\n\n\ufeffdata:2\n\ndata:3\n\n', data('1', '3'));
  reads(t, '\ufeff\ufeffdata:1\n\ndata:2\n\n', data('2'));
  t.same(read(['\xef\xbb']), { events: [], whole: true });
});

test('case 8: empty data is an event', async (t) => {
  reads(t, 'data:\n\ndata\ndata\n\ndata:test\n\n', data('', '\n', 'test'));
});

test('case 9: with a space, without, and with more', async (t) => {
  reads(
    t,
    'data:{"a":1}\n\ndata: {"a":1}\n\ndata:  {"a":1}\n\ndata:\t{"a":1}\n\n',
    data('{"a":1}', '{"a":1}', ' {"a":1}', '\t{"a":1}'),
  );
});

test('case 10: JSON over three lines is one', async (t) => {
  reads(t, 'data: {"a":\ndata: 1\ndata: }\n\n', data('{"a":\n1\n}'));
});

test('cases 11 and 12: the type in any order, alone nothing, empty none, and never of the next event', async (t) => {
  const text = 'event:x\ndata:1\n\ndata:2\nevent: y\n\nevent:lost\n\ndata:3\n\nevent: \ndata:4\n\nevent\ndata:5\n\n';
  const events = [
    ['x', '1'],
    ['y', '2'],
    ['', '3'],
    ['', '4'],
    ['', '5'],
  ] as const;
  reads(t, text, { events, whole: true });
});

test('case 13: ids and retries are left behind', async (t) => {
  reads(t, 'id:1\ndata:a\n\nid\ndata:b\n\nid:a\0b\nretry:1000\nretry:1000x\nretry:\ndata:c\n\n', data('a', 'b', 'c'));
});

test('case 14: a last event without its empty line counts when it is complete', async (t) => {
  reads(t, 'data:1\n\ndata: {"a":1}', data('1', '{"a":1}'));
  reads(t, 'data:1\n\ndata: {"a":1}\n', data('1', '{"a":1}'));
  reads(t, 'data:1\n\ndata: [DONE]', data('1', '[DONE]'));
});

test('case 15: an end within a line, JSON or character is no event', async (t) => {
  for (const rest of ['data: {"a":', 'data: {"a"', 'data: [DO', 'data: {"a":\ndata: 1'])
    reads(t, `data:1\n\n${rest}`, { ...data('1'), whole: false });
  const cut = `data:1\n\n${latin1('data: {"a":"é').slice(0, -1)}`;
  reads(t, cut, { ...data('1'), whole: false }, cut);
  reads(t, 'data:1\n\n: a comm', data('1'));
});

test('case 16, edge case 43: characters of every length cut at every byte come whole', async (t) => {
  const text = 'é € 😀 👩‍👩‍👧‍👦 e\u0301';
  reads(t, `data: {"a":"${text}"}\n\n`, data(`{"a":"${text}"}`));
});

test('case 17: half a surrogate pair in an escape stays an escape', async (t) => {
  reads(t, 'data: "\\ud83d"\n\ndata: "\\ude00"\n\n', data('"\\ud83d"', '"\\ude00"'));
  t.equal(JSON.stringify(JSON.parse('"\\ud83d"')), '"\\ud83d"', 'as JSON writes it again');
});

test('case 18: what is no UTF-8 becomes U+FFFD and hurts nothing else', async (t) => {
  for (const bad of ['\xff\xfe', '\xc0\xaf', '\x80']) {
    const { events } = read([...`data: a${bad}b\n\ndata: 2\n\n`]);
    t.match(events, [
      ['', /^a\ufffd+b$/],
      ['', '2'],
    ]);
  }
});

test('case 19: other ends of line are none, nor are escaped ones', async (t) => {
  const text = '"\u2028\u2029\u0085\v\f\\n\\n"';
  reads(t, `data: ${text}\n\n`, data(text));
});

test('case 20: a long line comes whole, one beyond the bound ends the stream', async (t) => {
  for (const size of [64 * 1024, 1024 * 1024, 7 * 1024 * 1024]) {
    const text = `data: ${'x'.repeat(size)}\n\n`;
    const { events } = read(
      at(
        text,
        Array.from({ length: size / 65_536 - 1 }, (_, index) => (index + 1) * 65_536),
      ),
    );
    t.equal(events[0]?.[1].length, size);
  }
  const parser = new SseParser(() => {});
  t.throws(
    () => {
      for (let count = 0; count < 300; count++) parser.push('x'.repeat(65_536));
    },
    { code: 'upstream_incomplete' },
  );
});

test('case 20: what is held is counted while it is, and let go with its event', async (t) => {
  const seen: number[] = [];
  const parser = new SseParser((_type, text) => seen.push(text.length));
  for (let count = 0; count < 10_000; count++) parser.push('x'.repeat(100));
  t.equal(parser.held, 1_000_000);
  parser.push('\n\ndata: 1\n\n');
  t.same([seen, parser.held], [[1], 0]);
});

test('case 21: ten thousand events in one piece, and one in ten thousand', async (t) => {
  t.equal(read(['data: 1\n\n'.repeat(10_000)]).events.length, 10_000);
  t.same(read([...`data: ${'y'.repeat(10_000)}\n\n`]), data('y'.repeat(10_000)));
});

test('case 22: comments and pings between events', async (t) => {
  const text = ': keep-alive\n\n: OPENROUTER PROCESSING\n\nevent: ping\ndata: {"type":"ping"}\n\n';
  reads(t, text, { events: [['ping', '{"type":"ping"}']], whole: true });
});

test('case 23: every spelling of the end marker', async (t) => {
  reads(t, 'data:[DONE]\n\n', data('[DONE]'));
  reads(t, 'data: [DONE] \r\n\r\n', data('[DONE] '));
  reads(t, 'data: 1\n\ndata: [DONE]\n\ndata: [DONE]\n\n', data('1', '[DONE]', '[DONE]'));
});

test('what eventsource-parser reads, this reads, however it is cut', async () => {
  const line = fc.constantFrom('data: a', 'data:b', 'data', 'event: x', 'event', ': c', 'id: 1', 'retry: 1', 'other: y', '', '');
  const end = fc.constantFrom('\n', '\r\n');
  const text = fc.array(fc.tuple(line, end), { maxLength: 30 }).map((lines) => lines.flat().join(''));
  fc.assert(
    fc.property(text, fc.array(fc.nat(), { maxLength: 8 }), (stream, places) => {
      const expected: [string, string][] = [];
      const oracle = createParser({ onEvent: ({ event = '', data }) => expected.push([event, data]) });
      oracle.feed(stream);
      const seen: [string, string][] = [];
      const parser = new SseParser((type, data) => seen.push([type, data]));
      for (const piece of at(
        stream,
        places.map((place) => place % (stream.length + 1)),
      ))
        parser.push(piece);
      return JSON.stringify(seen) === JSON.stringify(expected);
    }),
    { numRuns: 2000 },
  );
});

test('text goes out as the bytes of its UTF-8 and comes back', async () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => decoded(encoded(text)) === text));
});
