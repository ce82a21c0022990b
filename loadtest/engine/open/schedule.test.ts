import { test } from 'tap';
import { arrivals } from './arrivals.js';
import { Level } from './level.js';

const flat = (rate: number, seconds: number): Level => new Level(rate, [{ seconds, target: rate }]);
const alone = { index: 0, of: 1 };

test('a level rises straight, jumps at a stage without time, and stays after the end', (t) => {
  const level = new Level(10, [
    { seconds: 10, target: 30 },
    { seconds: 0, target: 5 },
    { seconds: 10, target: 5 },
  ]);
  t.strictSame(
    [-1, 0, 5, 9.9, 10, 15, 99].map((at) => Math.round(level.at(at) * 10) / 10),
    [10, 10, 20, 29.8, 5, 5, 5],
  );
  t.equal(level.seconds, 20);
  t.equal(level.highest, 30);
  t.equal(level.area(10), 200);
  t.equal(level.area(99), 250);
  t.end();
});

test('when so many arrivals are due is the inverse of how many are due by then', (t) => {
  const level = new Level(0, [
    { seconds: 4, target: 100 },
    { seconds: 2, target: 100 },
    { seconds: 3, target: 0 },
  ]);
  for (const at of [0.5, 1, 3.9, 4, 5.5, 6.1, 8.9])
    t.ok(Math.abs(level.whenArea(level.area(at)) - at) < 1e-9, `${at} s is found again`);
  t.equal(level.whenArea(1e9), Number.POSITIVE_INFINITY);
  t.end();
});

test('a constant rate is evenly spaced from the first moment on', (t) => {
  const due = [...arrivals({ level: flat(4, 2), spacing: 'constant', seed: 0, share: alone })];
  t.strictSame(due, [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75]);
  t.end();
});

test('a rising rate puts more arrivals into its later half', (t) => {
  const due = [...arrivals({ level: new Level(0, [{ seconds: 10, target: 100 }]), spacing: 'constant', seed: 0, share: alone })];
  t.equal(due.length, 500);
  t.equal(due.filter((at) => at <= 5).length, 126, 'a quarter of the area, the first at 0 and the one on the border included');
  t.end();
});

test('Poisson arrivals are as many on average as asked, unevenly spaced, and the same for the same seed', (t) => {
  const plan = { level: flat(200, 50), spacing: 'poisson' as const, share: alone };
  const due = [...arrivals({ ...plan, seed: 5 })];
  // 10,000 expected: five standard deviations are 500.
  t.ok(Math.abs(due.length - 10_000) < 500, `${due.length} arrivals`);
  const gaps = due.slice(1).map((at, index) => at - (due[index] ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
  t.ok(Math.abs(deviation / mean - 1) < 0.1, 'gaps vary by as much as their mean: exponential');
  t.strictSame(due, [...arrivals({ ...plan, seed: 5 })]);
  t.notSame(due.slice(0, 5), [...arrivals({ ...plan, seed: 6 })].slice(0, 5));
  t.end();
});

test('processes that share a schedule make the same arrivals together as one would alone', (t) => {
  for (const spacing of ['constant', 'poisson'] as const) {
    const plan = { level: flat(50, 4), spacing, seed: 1, most: 150 };
    const together = [0, 1, 2].flatMap((index) => [...arrivals({ ...plan, share: { index, of: 3 } })]);
    t.strictSame(
      together.sort((a, b) => a - b),
      [...arrivals({ ...plan, share: alone })],
    );
    t.ok(together.length <= 150);
  }
  t.end();
});
