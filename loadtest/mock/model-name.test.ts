import { test } from 'tap';
import { FAULT_NAMES } from './faults.js';
import { parseModelName } from './model-name.js';

test('the name says how the stream is paced', async (t) => {
  t.same(parseModelName('mock-paced-200x66')?.pace, { kind: 'paced', events: 200, gapMs: 66 });
  t.same(parseModelName('mock-size-5000')?.pace, { kind: 'size', bytes: 5000 });
  t.same(parseModelName('mock-instant')?.pace, { kind: 'instant' });
});

test('names that are not the mock’s do what the profile says', async (t) => {
  t.same(parseModelName('gpt-4o')?.pace, { kind: 'model' });
  t.same(parseModelName('gpt-4o', 'round')?.pace, { kind: 'round' });
  t.same(parseModelName('mock-model', 'round')?.pace, { kind: 'model' }, 'an own name stays what it is');
});

test('stamps come with the suffix and with the round profile', async (t) => {
  t.equal(parseModelName('mock-model')?.stamps, false);
  t.equal(parseModelName('mock-paced-5x1+stamps')?.stamps, true);
  t.equal(parseModelName('mock-round')?.stamps, true);
  t.match(parseModelName('mock-paced-5x1+marks+stamps'), { stamps: true, marks: true, pace: { kind: 'paced', events: 5 } });
  t.match(parseModelName('fault-no-done+marks'), { stamps: false, marks: true });
  t.equal(parseModelName('mock-model+nonsense'), undefined);
});

test('a mistyped fault is no healthy model', async (t) => {
  for (const name of ['fault-', 'fault-cut-fin-after', 'fault-status-200', 'fault-nonsense', 'mock-nonsense'])
    t.equal(parseModelName(name), undefined, name);
});

test('every fault can be named', async (t) => {
  for (const name of FAULT_NAMES) {
    const spelled = [`fault-${name}`, `fault-${name}-500`].map((model) => parseModelName(model)?.fault?.name);
    t.ok(spelled.includes(name), name);
  }
  t.same(parseModelName('fault-status-429-retry-2')?.fault, { name: 'status', numbers: [429, 2] });
});
