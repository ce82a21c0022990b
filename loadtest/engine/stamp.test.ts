import { performance } from 'node:perf_hooks';
import { test } from 'tap';
import { Sequence } from './sequence.js';
import { findStamp, stampFormOf } from './stamp.js';

const found = (text: string, form: 'member' | 'text', from = 0) => findStamp(Buffer.from(text), from, form);

test('a stamp is found in the member that the mock adds', (t) => {
  const event = 'data: {"choices":[{"delta":{"content":"a"}}],"mock":{"seq":12,"ns":"842110033770123","since":"7"}}';
  t.match(found(event, 'member'), { sequence: 12, ns: 842110033770123 });
  t.equal(found(event, 'member', 70), undefined, 'behind it there is none');
  t.equal(found('data: {"mock":{"seq":,"ns":"1"}}', 'member'), undefined);
  t.equal(found('data: {"mock":{"seq":12,"nz":"1"}}', 'member'), undefined);
  t.equal(found('data: {"content":"\\"mock\\":{\\"seq\\":1"}', 'member'), undefined, 'text about stamps is none');
  t.end();
});

test('marks are found in text, several in one event, and other tildes are passed over', (t) => {
  const event = 'data: {"content":"~ ~5 ~7@~ ~3@1000~The ~4@2000~tide "}';
  const first = found(event, 'text');
  t.match(first, { sequence: 3, ns: 1000 });
  const second = found(event, 'text', first?.end);
  t.match(second, { sequence: 4, ns: 2000 });
  t.equal(found(event, 'text', second?.end), undefined);
  t.equal(found('~12@34', 'text'), undefined, 'cut off');
  t.end();
});

test('the model says whether there are stamps and in which form', (t) => {
  t.equal(stampFormOf('mock-round'), 'member');
  t.equal(stampFormOf('mock-paced-20x5+stamps'), 'member');
  t.equal(stampFormOf('mock-round+marks'), 'text');
  t.equal(stampFormOf('mock-instant'), undefined);
  t.end();
});

test('missing, doubled and reordered events are told apart', (t) => {
  const judged = (...numbers: number[]) => {
    const sequence = new Sequence();
    for (const number of numbers) sequence.take(number);
    const { missing, doubled, reordered, seen } = sequence;
    return { missing, doubled, reordered, seen };
  };
  const clean = { missing: 0, doubled: 0, reordered: 0 };
  t.strictSame(judged(0, 1, 2, 3), { ...clean, seen: 4 });
  t.strictSame(judged(0, 1, 3, 4), { ...clean, missing: 1, seen: 4 });
  t.strictSame(judged(2, 3), { ...clean, missing: 2, seen: 2 });
  t.strictSame(judged(0, 1, 1, 2, 0), { ...clean, doubled: 2, seen: 5 });
  t.strictSame(judged(0, 2, 1, 3), { ...clean, reordered: 1, seen: 4 });
  t.strictSame(judged(0, 3, 1, 1, 4), { missing: 1, doubled: 1, reordered: 1, seen: 5 });
  t.end();
});

test('a number from nowhere does not fill the memory', (t) => {
  const sequence = new Sequence();
  const before = performance.now();
  sequence.take(9_000_000_000_000);
  t.equal(sequence.missing, 9_000_000_000_000);
  t.ok(performance.now() - before < 20_000);
  sequence.reset();
  sequence.take(0);
  t.equal(sequence.missing, 0);
  t.end();
});
