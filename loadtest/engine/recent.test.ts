import { test } from 'tap';
import { DurationHistogram } from './histogram.js';
import { RecentTimes } from './recent.js';

function textOf(...times: number[]): string {
  const histogram = new DurationHistogram();
  for (const time of times) histogram.record(time);
  return histogram.takeText()!;
}

test('recent times hold the last five seconds and forget what is older', async (t) => {
  const recent = new RecentTimes();
  t.equal(recent.tick(), undefined, 'nothing yet');
  recent.addText(textOf(1000));
  t.match(recent.tick(), { count: 1 });
  recent.addText(textOf(10, 20));
  t.match(recent.tick(), { count: 3 });
  for (let second = 0; second < 3; second++) t.ok(recent.tick());
  const last = recent.tick();
  t.ok(last === undefined || last.max < 30, 'the slow one of seven seconds ago is forgotten');
});

test('a curve goes from the fastest to the slowest without turning back', async (t) => {
  const histogram = new DurationHistogram();
  t.equal(histogram.curve(), undefined, 'no times, no curve');
  for (let time = 1; time <= 1000; time++) histogram.record(time);
  const curve = histogram.curve()!;
  t.equal(curve[0]?.[0], 0);
  t.equal(curve.at(-1)?.[0], 100);
  t.ok(Math.abs(curve.at(-1)![1] - 1000) <= 1);
  t.ok(curve.every(([percent, time], index) => index === 0 || (percent > curve[index - 1]![0] && time >= curve[index - 1]![1])));
  const half = curve.find(([percent]) => percent >= 50)!;
  t.ok(Math.abs(half[1] - 500) <= 2, `the middle is near 500: ${half}`);
});
