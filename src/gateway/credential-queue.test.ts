/** Who is called for a slot, in which order, and who waits no more. */
import { test } from 'tap';
import { Metrics } from '../metrics/metrics.js';
import { CredentialQueue, type Wish } from './credential-queue.js';

/** Looks are made by the tests: the queue's own would come between on a machine that stalls. */
const NEVER = 2 ** 31 - 1;

function queueOf(isShared = false) {
  const { tallies } = new Metrics();
  const queue = new CredentialQueue(tallies, () => isShared, NEVER);
  const calls: string[] = [];
  /** One that enters at `now` and waits for its first turn. */
  const enter = (name: string, { now = performance.now(), ...wish }: Partial<Wish> & { now?: number } = {}) => {
    const place = queue.enter(
      { lane: 'u', rules: { length: 3, age: 60_000 }, kind: 'gpt', wants: (upstream) => upstream === 'u', ...wish },
      now,
    );
    const turn = () => place?.turn().then((isCalled) => calls.push(isCalled ? name : `${name} leaves`));
    turn();
    return { place, turn, leave: (isServed = false) => place?.leave(isServed) };
  };
  /** What has been told by now. */
  const told = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return calls.splice(0);
  };
  return { queue, tallies, enter, told };
}

test('first come, first served: a slot given back calls one, at once', async (t) => {
  const { queue, enter, told, tallies } = queueOf();
  const first = enter('first');
  const second = enter('second');
  queue.freed('other');
  t.same(await told(), [], 'a slot that is of no use calls nobody');
  queue.freed('u');
  t.same(await told(), ['first']);
  queue.freed('u');
  t.same(await told(), ['second'], 'the first is asking already');
  first.leave(true);
  second.leave(true);
  t.match(tallies, { credentialWaits: 2, credentialWaiting: 0, credentialWaitsRefused: 0 });
  t.equal(queue.size, 0);
});

test('one that finds all busy keeps its place, and another kind is called in its stead', async (t) => {
  const { queue, enter, told } = queueOf();
  const first = enter('first');
  const alike = enter('alike');
  const other = enter('other', { kind: 'claude' });
  queue.freed('u');
  t.same(await told(), ['first']);
  first.turn();
  t.same(await told(), ['other'], 'what is like it would find the same');
  other.leave(true);
  t.same(await told(), [], 'of the slot nothing is left');
  queue.freed('u');
  t.same(await told(), ['first'], 'its place is the first still');
  first.leave(true);
  alike.leave();
  t.equal(queue.size, 0);
});

test('one that leaves frees its place, and hands on the slot that it was called for', async (t) => {
  const { queue, enter, told } = queueOf();
  const first = enter('first');
  const second = enter('second');
  const third = enter('third');
  t.equal(enter('fourth').place, undefined, 'no room');
  second.leave();
  t.same(await told(), ['second leaves']);
  queue.freed('u');
  first.leave();
  t.same(await told(), ['first', 'third']);
  third.leave(true);
});

test('a look calls the first again, goes on while there are slots, and refuses who has waited too long', async (t) => {
  const { queue, enter, told, tallies } = queueOf();
  const now = performance.now();
  const first = enter('first', { now });
  const second = enter('second', { now: now + 40_000 });
  const third = enter('third', { now: now + 41_000 });
  queue.look(now + 50_000);
  t.same(await told(), ['first']);
  first.leave(true);
  t.same(await told(), ['second'], 'more than one slot may be free');
  second.turn();
  t.same(await told(), [], 'no more');
  queue.look(now + 100_000);
  t.same(await told(), ['second leaves', 'third']);
  third.leave(true);
  t.equal(tallies.credentialWaitsRefused, 1);
  t.equal(await second.place?.turn(), false, 'it has no turn any more');
});

test('a slot that others may wait for is left to them once in nine times', async (t) => {
  const { queue, enter, told } = queueOf(true);
  const place = enter('one');
  let called = 0;
  for (let freed = 0; freed < 9; freed++) {
    queue.freed('u');
    if ((await told()).length === 0) continue;
    called++;
    place.turn();
  }
  t.equal(called, 8);
  place.leave();
});

test('a length of 0 lets nobody wait', (t) => {
  const { enter, tallies, queue } = queueOf();
  t.equal(enter('first', { rules: { length: 0, age: 60_000 } }).place, undefined);
  t.equal(queue.size, 0);
  t.equal(tallies.credentialWaitsRefused, 1);
  t.end();
});
