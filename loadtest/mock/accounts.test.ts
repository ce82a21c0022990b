import { test } from 'tap';
import { Accounts } from './accounts.js';
import type { Admission, Outcome } from './ledger.js';

const asked = (changes: Partial<Admission> = {}): Admission => ({
  method: 'POST',
  path: '/v1/chat/completions',
  rawHeaders: [],
  bodyBytes: 2,
  model: 'm',
  key: 'k',
  session: '',
  stream: true,
  drawsRound: false,
  ...changes,
});
const ended = (id: number, outcome: Outcome = 'completed') => ({ id, outcome, status: 200, events: 3, doneMarkers: 1 });

test('one request more than the cap gets no slot until one is given back', async (t) => {
  const accounts = new Accounts(2);
  const first = accounts.admit(asked());
  accounts.admit(asked());
  t.notOk(accounts.admit(asked()).admitted);
  accounts.settle(ended(first.id));
  t.ok(accounts.admit(asked()).admitted);
  t.same(accounts.slots(), { active: 2, max: 2 });
});

test('every request is counted once in one place', async (t) => {
  const accounts = new Accounts(4);
  const outcomes: Outcome[] = ['completed', 'aborted', 'faulted', 'refused'];
  for (const outcome of outcomes) accounts.settle(ended(accounts.admit(asked()).id, outcome));
  for (let i = 0; i < 5; i++) accounts.admit(asked());
  const { requests, completed, aborted, faulted, refused, noSlot, inFlight } = accounts.stats(false);
  t.same(
    { completed, aborted, faulted, refused, noSlot, inFlight },
    { completed: 1, aborted: 1, faulted: 1, refused: 1, noSlot: 1, inFlight: 4 },
  );
  t.equal(requests, completed + aborted + faulted + refused + noSlot + inFlight);
});

test('ending a request twice counts once', async (t) => {
  const accounts = new Accounts(4);
  const { id } = accounts.admit(asked());
  accounts.settle(ended(id));
  accounts.settle(ended(id, 'aborted'));
  t.match(accounts.stats(false), { completed: 1, aborted: 0, doneMarkers: 1 });
});

test('a request from before a reset is left out when it ends, yet gives its slot back', async (t) => {
  const accounts = new Accounts(4);
  const { id } = accounts.admit(asked());
  accounts.reset();
  t.match(accounts.stats(false), { requests: 0, inFlight: 0, active: 1 });
  accounts.settle(ended(id));
  t.match(accounts.stats(false), { completed: 0, events: 0, active: 0 });
});

test('a session that changes its key shows', async (t) => {
  const accounts = new Accounts(10);
  for (const key of ['a', 'a', 'b']) accounts.admit(asked({ session: 's', key }));
  accounts.admit(asked({ session: 't', key: 'c' }));
  const stats = accounts.stats(true);
  t.equal(stats.sessionKeyChanges, 1);
  t.same(stats.sessions, { s: { requests: 3, key: 'b', keyChanges: 1 }, t: { requests: 1, key: 'c', keyChanges: 0 } });
});

test('the most requests at a time are kept for each key', async (t) => {
  const accounts = new Accounts(10);
  const ids = [1, 2, 3].map(() => accounts.admit(asked({ key: 'a' })).id);
  for (const id of ids) accounts.settle(ended(id));
  accounts.admit(asked({ key: 'a' }));
  t.same(accounts.stats(false).maxInFlightByKey, { a: 3 });
});

test('only draws of the round profile move its sequence on, and no draw is given twice', async (t) => {
  const accounts = new Accounts(10);
  accounts.admit(asked());
  t.equal(accounts.admit(asked({ drawsRound: true })).ordinal, 0);
  accounts.admit(asked());
  t.equal(accounts.admit(asked({ drawsRound: true })).ordinal, 1);
});

test('a rule for a key strikes as often as it says and spares other keys', async (t) => {
  const accounts = new Accounts(10);
  accounts.addRule({ key: 'a', fault: 'status-429', times: 2 });
  const faults = ['a', 'b', 'a', 'a'].map((key) => accounts.admit(asked({ key })).fault);
  t.same(faults, ['status-429', undefined, 'status-429', undefined]);
});

test('what a dead process served is over', async (t) => {
  const accounts = new Accounts(10);
  accounts.admit(asked(), 1);
  accounts.admit(asked(), 2);
  accounts.settleAllOf(1);
  t.match(accounts.stats(false), { inFlight: 1, faulted: 1 });
});

test('tables and journal are bounded, and say what they could not take', async (t) => {
  const accounts = new Accounts(100_000);
  for (let n = 0; n < 20_010; n++) accounts.admit(asked({ key: `k${n}` }));
  t.equal(Object.keys(accounts.stats(false).byKey).length, 20_000);
  t.equal(accounts.stats(false).overflow.keys, 10);
  t.equal(accounts.requests(1_000_000).length, 2_000);
  t.equal(accounts.requests(1)[0]?.key, 'k20009');
});
