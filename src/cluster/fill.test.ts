import { test } from 'tap';
import { fill, fillLimits, type Seat, surplus } from './fill.js';

const limits = fillLimits(5_000);
const seat = (id: number, load: Partial<Seat> = {}): Seat => ({
  id,
  waiting: 0,
  connections: 0,
  taken: 0,
  utilization: 0,
  ...load,
});

test('the first worker takes all while it has room', async (t) => {
  t.equal(fill([seat(1, { connections: 399, utilization: 0.5 }), seat(2)], limits)?.id, 1);
});

test('a worker that is busy, full, or behind with what it was offered is passed over', async (t) => {
  for (const load of [{ utilization: 0.6 }, { connections: 400 }, { waiting: 1 }])
    t.equal(fill([seat(1, load), seat(2, load), seat(3), seat(4)], limits)?.id, 3);
});

test('where none has room, and where none serves, the choice is left to turns', async (t) => {
  t.equal(fill([seat(1, { utilization: 1 }), seat(2, { connections: 4_000 })], limits), undefined);
  t.equal(fill([], limits), undefined);
});

test('a worker is not filled with more than half of the requests that it may have in flight', async (t) => {
  t.equal(fill([seat(1, { connections: 10 }), seat(2)], fillLimits(20))?.id, 2);
  t.equal(fill([seat(1)], fillLimits(0.25))?.id, 1);
});

test('a worker too busy gives up some of its connections, while another has much room', async (t) => {
  const busy = seat(1, { connections: 32, utilization: 0.9 });
  t.equal(surplus(1, [busy, seat(2, { utilization: 0.1 })]), 4);
  t.equal(surplus(2, [busy, seat(2, { connections: 8, utilization: 0.1 })]), 0);
  t.equal(surplus(1, [busy, seat(2, { utilization: 0.5 })]), 0, 'where all are busy, moving helps nobody');
  t.equal(surplus(3, [busy]), 0);
});
