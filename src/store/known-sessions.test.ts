import { test } from 'tap';
import type { ChosenCredential } from '../credential/types.js';
import { KnownSessions } from './known-sessions.js';

const REQUEST = { alias: 'm', model: 'm', session: 's' };
const CHOICE: ChosenCredential = { found: true, upstream: 'u', credential: 'k0', model: 'm', sticky: false, trial: false };
const TTL = 1_600;

function knowing(): KnownSessions {
  const known = new KnownSessions(TTL, 2);
  known.remember(REQUEST, CHOICE, known.epoch, 0);
  return known;
}

test('a known session is sticky and tells the store at most once a sixteenth of its time to live', async (t) => {
  const known = knowing();
  t.match(known.lookup(REQUEST, 99), { choice: { credential: 'k0', sticky: true }, touch: undefined });
  t.match(known.lookup(REQUEST, 100), { touch: 's|m' });
  t.match(known.lookup(REQUEST, 101), { touch: undefined });
  t.match(known.lookup(REQUEST, 100 + TTL - 1), { touch: 's|m' });
});

test('past the time to live since the store last heard, the store is asked', async (t) => {
  t.equal(knowing().lookup(REQUEST, TTL), undefined);
});

test("a rest of its credential for its model or for all voids it, another model's does not", async (t) => {
  const rest = { key: 'u/k0', reason: 'failing', remaining: 5 } as const;
  const known = knowing();
  known.rested({ ...rest, model: 'other' });
  known.rested({ ...rest, model: 'm', remaining: 0 });
  known.rested({ ...rest, key: 'u/k1', model: 'm' });
  t.ok(known.lookup(REQUEST, 1));
  for (const model of ['m', '*']) {
    const other = knowing();
    other.rested({ ...rest, model });
    t.equal(other.lookup(REQUEST, 1), undefined, model);
  }
});

test('an answer to a question asked before the rest was heard is not kept', async (t) => {
  const known = new KnownSessions(TTL, 2);
  const { epoch } = known;
  known.rested({ key: 'u/k0', model: 'm', reason: 'rate-limited', remaining: 5 });
  known.remember(REQUEST, CHOICE, epoch, 0);
  t.equal(known.lookup(REQUEST, 1), undefined);
  const flushed = known.epoch;
  known.flush();
  known.remember(REQUEST, CHOICE, flushed, 0);
  t.equal(known.lookup(REQUEST, 1), undefined);
  known.remember(REQUEST, CHOICE, known.epoch, 0);
  t.ok(known.lookup(REQUEST, 1));
});

test('a trial is never known: its outcome decides first', async (t) => {
  const known = new KnownSessions(TTL, 2);
  known.remember(REQUEST, { ...CHOICE, trial: true }, known.epoch, 0);
  t.equal(known.lookup(REQUEST, 1), undefined);
});

test('a request that tried the credential, or asks for another model, is not answered from memory', async (t) => {
  const known = knowing();
  t.equal(known.lookup({ ...REQUEST, exclude: ['u/k0'] }, 1), undefined);
  t.equal(known.lookup({ ...REQUEST, model: 'other' }, 1), undefined);
  t.ok(known.lookup({ ...REQUEST, exclude: ['u/k1'] }, 1));
});

test('the memory is bounded and picks are counted once', async (t) => {
  const known = knowing();
  for (const session of ['b', 'c']) known.remember({ ...REQUEST, session }, CHOICE, known.epoch, 0);
  t.equal(known.lookup(REQUEST, 1), undefined);
  t.ok(known.lookup({ ...REQUEST, session: 'b' }, 1));
  t.ok(known.lookup({ ...REQUEST, session: 'c' }, 1));
  t.strictSame(known.takePicks(), [['u/k0', 2]]);
  t.strictSame(known.takePicks(), []);
});

test('in doubt a session is recalled and not answered from, until the store has confirmed it', async (t) => {
  const known = knowing();
  known.doubt();
  t.equal(known.lookup(REQUEST, 1), undefined);
  t.match(known.recall(REQUEST, 1), { credential: 'k0' });
  t.equal(known.recall({ ...REQUEST, exclude: ['u/k0'] }, 1), undefined);
  t.equal(known.recall(REQUEST, TTL), undefined, 'past its time to live');
  known.rested({ key: 'u/k0', model: 'm', reason: 'rate-limited', remaining: 5 });
  t.equal(known.recall(REQUEST, 1), undefined, 'its credential rests');
  known.remember(REQUEST, CHOICE, known.epoch, 0);
  t.ok(known.lookup(REQUEST, 1));
  known.forget('s|m');
  t.equal(known.recall(REQUEST, 1), undefined);
});

test('sessions that expired drain away as others come, and never more are kept than may be', (t) => {
  const known = new KnownSessions(TTL, 100);
  const come = (session: string, now: number) => known.remember({ ...REQUEST, session }, CHOICE, known.epoch, now);
  for (let one = 0; one < 150; one++) come(`s${one}`, one);
  t.equal(known.size, 100);
  for (let one = 0; one < 100; one++) come(`later${one}`, 150 + TTL);
  t.equal(known.size, 100, 'each new one in the place of one that expired');
  for (let one = 0; one < 40; one++) come(`last${one}`, 150 + 3 * TTL);
  t.equal(known.size, 60, 'one more left with each');
  t.end();
});
