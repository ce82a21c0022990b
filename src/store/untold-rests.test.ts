import { test } from 'tap';
import type { Outcome, Rest } from '../credential/types.js';
import { UntoldRests } from './untold-rests.js';

const LIMITED: Outcome = { upstream: 'u', credential: 'k0', model: 'm', kind: 'rate-limited', retryAfter: 30_000 };
const restOf = (remaining: number): Rest[] => [{ key: 'u/k0', model: 'm', reason: 'rate-limited', remaining }];

test('rests that run still are told once, with what is left of them', (t) => {
  const untold = new UntoldRests();
  untold.note(LIMITED, restOf(30_000), 1_000);
  untold.note({ ...LIMITED, credential: 'k1' }, [{ key: 'u/k1', model: 'm', reason: 'rate-limited', remaining: 2_000 }], 1_000);
  t.match(untold.take(11_000), [{ credential: 'k0', kind: 'rate-limited', retryAfter: 20_000, atOnce: true }]);
  t.same(untold.take(11_000), []);
  t.end();
});

test('a rest that ended by a trial is not told', (t) => {
  const untold = new UntoldRests();
  untold.note(LIMITED, restOf(30_000), 0);
  untold.note({ ...LIMITED, kind: 'ok', trial: true }, restOf(0), 1_000);
  t.same(untold.take(2_000), []);
  t.end();
});

test('a thousand are kept, the newest', (t) => {
  const untold = new UntoldRests();
  for (let index = 0; index < 1_200; index++)
    untold.note({ ...LIMITED, credential: `k${index}` }, [{ ...(restOf(9_000)[0] as Rest), key: `u/k${index}` }], 0);
  const told = untold.take(1);
  t.equal(told.length, 1_000);
  t.equal(told.at(-1)?.credential, 'k1199');
  t.end();
});
