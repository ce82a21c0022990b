import { test } from 'tap';
import { grown, type HeapSnapshot, heapClasses } from './heap-classes.js';
import { type CpuProfile, selfTimes } from './self-time.js';

const frame = (functionName: string, lineNumber = 0) => ({ functionName, url: 'file:///a.js', lineNumber, columnNumber: 0 });
const placeOf = ({ url, lineNumber }: { url: string; lineNumber: number }): string => `${url}:${lineNumber}`;

const PROFILE: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)') },
    { id: 2, callFrame: frame('(idle)') },
    { id: 3, callFrame: frame('relay', 5) },
    // The same function, reached another way.
    { id: 4, callFrame: frame('relay', 5) },
    { id: 5, callFrame: frame('', 9) },
  ],
  samples: [2, 3, 4, 5, 2],
  timeDeltas: [100, 1000, 2000, 3000, 500],
};

test('a sample stands for the time until the next; idle time is no work; one function is one row', async (t) => {
  const { milliseconds, rows } = selfTimes([PROFILE], placeOf);
  t.same(rows, [
    { what: 'relay', place: 'file:///a.js:5', milliseconds: 5 },
    { what: '(anonymous)', place: 'file:///a.js:9', milliseconds: 0.5 },
  ]);
  t.equal(milliseconds, 5.5);
});

test('profiles of several processes are added up', async (t) => {
  t.equal(selfTimes([PROFILE, PROFILE], placeOf).rows[0]?.milliseconds, 10);
});

/** Two kinds of nodes: objects have names, strings have none that matter. */
function snapshot(nodes: [type: number, name: number, size: number][]): HeapSnapshot {
  const meta = { node_fields: ['type', 'name', 'id', 'self_size'], node_types: [['object', 'string']] as [string[]] };
  return {
    snapshot: { meta },
    strings: ['Session', 'a text', 'Socket'],
    nodes: nodes.flatMap(([type, name, size]) => [type, name, 7, size]),
  };
}

test('a heap is summed up by constructor, and what grew is what there is more of', async (t) => {
  const before = heapClasses(
    snapshot([
      [0, 0, 100],
      [1, 1, 10],
      [0, 2, 50],
    ]),
  );
  const after = heapClasses(
    snapshot([
      [0, 0, 100],
      [0, 0, 100],
      [0, 0, 100],
      [1, 1, 10],
    ]),
  );
  t.same(after.get('Session'), { name: 'Session', count: 3, bytes: 300 });
  t.same(after.get('(string)'), { name: '(string)', count: 1, bytes: 10 });
  t.same(grown(before, after), [{ name: 'Session', count: 2, bytes: 200 }]);
});
