import { test } from 'tap';
import { Pressure, type Stage } from './pressure.js';

const BOUNDS = { loopDelay: 1000, heapPercent: 90 };

/** The stages after readings of a fake monitor: `[loop delay, heap percent]`. */
function stages(...readings: (readonly [number, number])[]): Stage[] {
  const pressure = new Pressure();
  return readings.map(([loopDelay, heapPercent]) => pressure.note({ loopDelay, heapPercent }, BOUNDS));
}

test('with the heap filling, connections are closed first, then requests refused, then streams ended, and back in that order', (t) => {
  t.same(stages([0, 50], [0, 84], [0, 85], [0, 90], [0, 95], [0, 99], [0, 94], [0, 86], [0, 85], [0, 84], [0, 80]), [
    'calm',
    'calm',
    'closing',
    'refusing',
    'cutting',
    'cutting',
    'refusing',
    'refusing',
    'refusing',
    'calm',
    'calm',
  ]);
  t.end();
});

test('a delay of the loop counts once it has lasted; relief comes well below the bound', (t) => {
  t.same(stages([5000, 0], [0, 0], [5000, 0], [5000, 0], [5000, 0]).at(-1), 'calm', 'three long turns in a row are not enough');
  t.same(stages([1000, 0], [1200, 0], [4000, 0], [1000, 0], [999, 0], [750, 0], [749, 0]), [
    'calm',
    'calm',
    'calm',
    'refusing',
    'refusing',
    'refusing',
    'calm',
  ]);
  t.end();
});

test('at 100 percent the heap is never a reason', (t) => {
  const pressure = new Pressure();
  t.equal(pressure.note({ loopDelay: 0, heapPercent: 100 }, { loopDelay: 1000, heapPercent: 100 }), 'calm');
  t.end();
});
