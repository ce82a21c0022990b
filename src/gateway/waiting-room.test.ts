import { test } from 'tap';
import type { GatewayError } from '../errors.js';
import { WaitingRoom } from './waiting-room.js';

const rules = (length: number, age = 1000) => new WaitingRoom<string>(() => ({ length, age }));
/** What became of a waiter: `in`, or the code that it was refused with. */
function fates(room: WaitingRoom<string>, guests: readonly (readonly [string, string, number?])[]): Map<string, string> {
  const fate = new Map<string, string>();
  for (const [client, guest, now = 0] of guests) {
    try {
      room.enter(client, guest, now).called.then(
        () => fate.set(guest, 'in'),
        ({ code }: GatewayError) => fate.set(guest, code),
      );
    } catch (error) {
      fate.set(guest, (error as GatewayError).code);
    }
  }
  return fate;
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('clients take turns, each in the order of its own requests', (t) => {
  const room = rules(100);
  fates(room, [
    ['flood', 'f1'],
    ['flood', 'f2'],
    ['flood', 'f3'],
    ['one', 'o1'],
    ['two', 't1'],
    ['two', 't2'],
  ]);
  t.same(
    Array.from({ length: 7 }, () => room.next()),
    ['f1', 'o1', 't1', 'f2', 't2', 'f3', undefined],
  );
  t.equal(room.size, 0);
  t.end();
});

test('past the length the client with the most waiting loses its oldest; one that has none waiting displaces no equal', async (t) => {
  const room = rules(3);
  const fate = fates(room, [
    ['flood', 'f1'],
    ['flood', 'f2'],
    ['flood', 'f3'],
    ['flood', 'f4'],
    ['one', 'o1'],
    ['two', 't1'],
    ['three', 'h1'],
  ]);
  await settled();
  t.same(
    [...fate],
    [
      ['h1', 'overloaded'],
      ['f1', 'overloaded'],
      ['f2', 'overloaded'],
      ['f3', 'overloaded'],
    ],
  );
  t.equal(room.size, 3);
  t.same([room.next(), room.next(), room.next()].sort(), ['f4', 'o1', 't1']);
});

test('who has waited for the age is refused, who came later is not', async (t) => {
  const room = rules(10);
  const fate = fates(room, [
    ['a', 'a1', 0],
    ['a', 'a2', 600],
    ['b', 'b1', 0],
  ]);
  room.check(999);
  await settled();
  t.equal(fate.size, 0);
  room.check(1_000);
  await settled();
  t.same(
    [...fate],
    [
      ['a1', 'overloaded'],
      ['b1', 'overloaded'],
    ],
  );
  t.equal(room.next(), 'a2');
});

test('who leaves makes room and is never called', async (t) => {
  const room = rules(2);
  const first = room.enter('a', 'a1', 0);
  room.enter('b', 'b1', 0);
  first.leave();
  first.leave();
  await t.rejects(first.called, { code: 'client_closed_request' });
  t.equal(room.size, 1);
  t.equal(room.next(), 'b1');
  t.equal(room.next(), undefined);
});

test('a room of no length refuses at once, a closed one refuses all', async (t) => {
  t.throws(() => rules(0).enter('a', 'a1', 0), { code: 'overloaded', retryAfter: 1000 });
  const room = rules(5);
  const { called } = room.enter('a', 'a1', 0);
  const { GatewayError: Refusal } = await import('../errors.js');
  room.refuseAll(new Refusal('draining', 'Closing.'));
  await t.rejects(called, { code: 'draining' });
  t.equal(room.size, 0);
});
