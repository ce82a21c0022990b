import { test } from 'tap';
import type { Seat } from './fill.js';
import { level } from './spread.js';

const seat = (id: number, connections: number, waiting = 0, taken = 0): Seat => ({
  ...{ id, connections, waiting, taken },
  utilization: 0,
});

test('who is in turn takes the connection while workers are about even', async (t) => {
  t.equal(level([seat(1, 0), seat(2, 0)], 1), undefined);
  t.equal(level([seat(1, 2), seat(2, 0)], 1), undefined);
  t.equal(level([seat(1, 112), seat(2, 100)], 1), undefined);
});

test('the least used worker takes it where the one in turn is ahead', async (t) => {
  t.equal(level([seat(1, 3), seat(2, 0), seat(3, 1)], 1)?.id, 2);
  t.equal(level([seat(1, 113), seat(2, 100)], 1)?.id, 2);
  t.equal(level([seat(1, 2, 3), seat(2, 2)], 1)?.id, 2, 'what is under way counts');
});

test('a worker that does not answer is not waited for', async (t) => {
  t.equal(level([seat(1, 90), seat(2, 0, 4)], 1), undefined);
  t.equal(level([seat(1, 9)], 7), undefined, 'nor one that is not here');
});

test('one that told of few connections first is not given all new ones before the others tell', async (t) => {
  t.equal(level([seat(1, 100), seat(2, 7, 0, 7)], 1)?.id, 2);
  t.equal(level([seat(1, 100), seat(2, 8, 0, 8)], 1), undefined);
  t.equal(level([seat(1, 108, 0, 8), seat(2, 8, 0, 8)], 1)?.id, 2, 'those in turn have had theirs');
});
