import { test } from 'tap';
import { TimerWheel } from './wheel.js';

/** A wheel whose clock the test moves. */
function handWheel() {
  const clock = { now: 0 };
  const wheel = new TimerWheel(() => clock.now);
  const ran: [name: string, at: number][] = [];
  const add = (name: string, deadline: number) => {
    const entry = { deadline, cancelled: false, run: (now: number) => void ran.push([name, now]) };
    wheel.add(entry);
    return entry;
  };
  const turnAt = (now: number) => {
    clock.now = now;
    wheel.turn();
  };
  return { wheel, ran, add, turnAt };
}

test('nothing runs before its deadline', async (t) => {
  const { wheel, ran, add, turnAt } = handWheel();
  add('a', 5.7);
  turnAt(5.2);
  t.same(ran, []);
  turnAt(5.8);
  t.same(ran, [['a', 5.8]]);
  wheel.stop();
});

test('entries more than one turn of the wheel away wait for their own turn', async (t) => {
  const { wheel, ran, add, turnAt } = handWheel();
  add('far', 4096 * 2 + 3);
  for (const now of [4, 4100, 8190]) turnAt(now);
  t.same(ran, []);
  turnAt(8196);
  t.equal(ran.length, 1);
  wheel.stop();
});

test('a loop that stood still for longer than a turn runs all that is due', async (t) => {
  const { wheel, ran, add, turnAt } = handWheel();
  for (let at = 1; at < 10_000; at += 100) add(`${at}`, at);
  turnAt(20_000);
  t.equal(ran.length, 100);
  t.equal(wheel.pending, 0);
  wheel.stop();
});

test('a cancelled entry never runs and is dropped', async (t) => {
  const { wheel, ran, add, turnAt } = handWheel();
  add('a', 3).cancelled = true;
  turnAt(10);
  t.same(ran, []);
  t.equal(wheel.pending, 0);
  wheel.stop();
});

test('its own timer runs entries in the order of their deadlines', async (t) => {
  const wheel = new TimerWheel();
  const order: number[] = [];
  await new Promise<void>((resolve) => {
    for (const delay of [30, 10, 20]) {
      const run = () => {
        order.push(delay);
        if (order.length === 3) resolve();
      };
      wheel.add({ deadline: wheel.now() + delay, cancelled: false, run });
    }
  });
  t.same(order, [10, 20, 30]);
});
