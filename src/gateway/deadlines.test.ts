import { test } from 'tap';
import { Deadlines } from './deadlines.js';

/** Resolves once it has been looked at `times` times. */
function watched(times: number) {
  let seen = 0;
  let resolve = (_now: number): void => {};
  const looked = new Promise<number>((done) => {
    resolve = done;
  });
  const check = (now: number): void => {
    if (++seen === times) resolve(now);
  };
  return { check, looked, count: () => seen };
}

/** Timers that would keep this process awake. */
const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

test('everything watched is looked at again and again, with the monotonic time', async (t) => {
  const deadlines = new Deadlines();
  const [one, two] = [watched(2), watched(3)];
  const before = performance.now();
  deadlines.add(one);
  deadlines.add(two);
  const now = await two.looked;
  t.ok(now >= before && now <= performance.now());
  t.ok(one.count() >= 2);
  deadlines.remove(one);
  deadlines.remove(two);
});

test('what is removed is left alone, also by what is looked at before it', async (t) => {
  const deadlines = new Deadlines();
  const [second, third] = [watched(1), watched(2)];
  const first = { check: () => deadlines.remove(second) };
  for (const each of [first, second, third]) deadlines.add(each);
  await third.looked;
  t.equal(second.count(), 0);
  for (const each of [first, second, third]) deadlines.remove(each);
});

test('the clock stops with the last one, and starts again with the next', async (t) => {
  const deadlines = new Deadlines();
  const before = timers();
  const [one, two, again] = [watched(1), watched(1), watched(1)];
  deadlines.add(one);
  deadlines.add(two);
  t.equal(timers(), before + 1, 'one timer for all');
  deadlines.remove(one);
  t.equal(timers(), before + 1);
  deadlines.remove(two);
  deadlines.remove(two);
  t.equal(timers(), before);
  deadlines.add(again);
  await again.looked;
  deadlines.remove(again);
});
