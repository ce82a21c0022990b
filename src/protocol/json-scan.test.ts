import fc from 'fast-check';
import { test } from 'tap';
import { hasMoreContainers, scanArray, scanObject } from './json-scan.js';

const WANTED = new Set(['model', 'stream', 'messages']);

function memberOf(text: string, key: string): unknown {
  const scan = scanObject(text, WANTED);
  if (!scan.ok) return scan.fault;
  const span = scan.members.get(key);
  return span && JSON.parse(text.slice(span.start, span.end));
}

test('finds top-level members whatever stands around them', async (t) => {
  const text = ' {"messages" : [{"model":"no","x":"}"}], "a":1.5e3,"model"\n:\t"gpt \\" 4","stream":true } ';
  t.equal(memberOf(text, 'model'), 'gpt " 4');
  t.equal(memberOf(text, 'stream'), true);
  t.same(memberOf(text, 'messages'), [{ model: 'no', x: '}' }]);
});

test('a name written with escapes is the same name', async (t) => {
  t.equal(memberOf('{"mod\\u0065l":"a"}', 'model'), 'a');
  t.equal(memberOf('{"mod\\u0065l":"a","model":"b"}', 'model'), 'duplicate-key');
});

test('a wanted name that comes twice is refused, another may repeat', async (t) => {
  t.equal(memberOf('{"model":"a","model":"b"}', 'model'), 'duplicate-key');
  t.equal(memberOf('{"x":1,"x":2,"model":"b"}', 'model'), 'b');
});

test('what is no object or breaks off is refused', async (t) => {
  for (const text of ['', ' ', '[]', '"a"', 'null', '\ufeff{}', '\u00ef\u00bb\u00bf{}'])
    t.not(scanObject(text, WANTED).ok, true, JSON.stringify(text));
  for (const text of [
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,}',
    '{"a":[1,2}',
    '{"a":{]}',
    '{a:1}',
    "{'a':1}",
    '{"a":tru}',
    '{"a":01}',
    '{} {}',
    '{"a":"\\"}',
  ]) {
    t.match(scanObject(text, WANTED), { ok: false }, text);
  }
});

test('nesting past 256 is refused at once, a million deep included', async (t) => {
  t.match(scanObject(`{"a":${'['.repeat(1_000_000)}`, WANTED), { ok: false, fault: 'too-deep' });
  t.match(scanObject(`{"a":${'['.repeat(200)}${']'.repeat(200)}}`, WANTED), { ok: true });
});

test('agrees with JSON.parse on any object, and offsets splice without touching other bytes', async () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })),
      fc.string(),
      fc.jsonValue(),
      fc.boolean(),
      (rest, model, messages, pretty) => {
        const source = { ...rest, model, messages };
        const text = Buffer.from(JSON.stringify(source, null, pretty ? 2 : undefined)).toString('latin1');
        const scan = scanObject(text, WANTED);
        if (!scan.ok) return false;
        const span = scan.members.get('model');
        if (!span) return false;
        const spliced = `${text.slice(0, span.start)}"other"${text.slice(span.end)}`;
        const parsed = JSON.parse(Buffer.from(spliced, 'latin1').toString()) as Record<string, unknown>;
        return JSON.stringify(parsed) === JSON.stringify({ ...source, model: 'other' });
      },
    ),
  );
});

test('elements of an array come with their offsets, as many as asked for', async (t) => {
  const text = '{"messages":[ {"a":1} ,"b", 3,[4]]}';
  const scan = scanObject(text, WANTED);
  if (!scan.ok) throw new Error('scan failed');
  const span = scan.members.get('messages');
  if (!span) throw new Error('no messages');
  t.same(
    scanArray(text, span, 9).map((s) => text.slice(s.start, s.end)),
    ['{"a":1}', '"b"', '3', '[4]'],
  );
  t.equal(scanArray(text, span, 2).length, 2);
});

test('long runs without structure are crossed to the next bracket or quote, and to the end', async (t) => {
  const numbers = JSON.stringify(Array.from({ length: 5_000 }, (_, index) => index));
  for (const value of [numbers, `[${numbers},{"x":[${' '.repeat(100)}]}]`, `{"y":${numbers},"z":"]}"}`]) {
    const text = `{"input":${value},"model":"a"}`;
    const scan = scanObject(text, new Set(['input', 'model']));
    t.ok(scan.ok);
    const span = scan.ok ? scan.members.get('input') : undefined;
    t.equal(text.slice(span?.start, span?.end), value);
  }
  t.same(scanObject(`{"input":${numbers.slice(0, -1)}`, new Set()), { ok: false, fault: 'syntax', key: undefined });
});

test('objects and lists are counted outside of strings, and no further than asked', async (t) => {
  const text = '{"a{[":["[{\\"{",{}, []]}';
  t.equal(hasMoreContainers(text, 3), true);
  t.equal(hasMoreContainers(text, 4), false);
  t.equal(hasMoreContainers('"{{{{{{', 1), false, 'a string without an end');
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const count = containersOf(value);
      const written = JSON.stringify(value);
      return !hasMoreContainers(written, count) && (count === 0 || hasMoreContainers(written, count - 1));
    }),
  );
});

function containersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Object.values(value).reduce((sum: number, inner) => sum + containersOf(inner), 0);
}
