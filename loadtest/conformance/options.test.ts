import { test } from 'tap';
import { FEATURES } from './features/index.js';
import { parseWishes } from './options.js';

test('what is not said is all of it, through this gateway', async (t) => {
  const wishes = parseWishes([]);
  t.equal(wishes.target, undefined);
  t.equal(wishes.only.length, FEATURES.length);
  t.equal(wishes.clients.length, 6);
  t.same(wishes.upstreams, ['chat', 'responses', 'messages']);
});

test('lists, models and a target are read', async (t) => {
  const wishes = parseWishes([
    '--target',
    'http://127.0.0.1:1/',
    '--only',
    'text,stream',
    '--client',
    'ai chat',
    '--models',
    'chat=a',
  ]);
  t.match(wishes, { target: 'http://127.0.0.1:1', only: ['text', 'stream'], clients: ['ai chat'], models: { chat: 'a' } });
});

test('what cannot be used is refused in words', async (t) => {
  t.throws(() => parseWishes(['--only', 'nonsense']), /--only: no 'nonsense' among text, /);
  t.throws(() => parseWishes(['--target', 'localhost']), /--target wants a URL/);
  t.throws(() => parseWishes(['--models', 'x=y']), /pairs like/);
  t.throws(() => parseWishes(['--workers', '1.5']), /whole number/);
});
