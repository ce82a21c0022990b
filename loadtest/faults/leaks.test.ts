import { test } from 'tap';
import { CANARIES, upstreamKey } from './canary.js';
import { leaksIn } from './leaks.js';

test('a secret is found whole, in part, and in base64 wherever it begins', async (t) => {
  const key = upstreamKey('u1', 3);
  t.same(leaksIn(`Bad key ${key}!`), ['upstreamKey']);
  t.same(leaksIn(`…${CANARIES.clientKey.slice(-12)}`), ['clientKey']);
  for (const before of ['', 'a', 'ab', 'abc']) {
    const encoded = Buffer.from(`${before}${CANARIES.session} and more`).toString('base64');
    t.same(leaksIn(encoded), ['session'], before);
  }
});

test('what is no secret is not found, nor what is allowed', async (t) => {
  t.same(leaksIn('sk-wall-canary- sk-app-canary- nothing'), []);
  t.same(leaksIn(CANARIES.prompt, ['prompt']), []);
});
