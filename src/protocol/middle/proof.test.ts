import { test } from 'tap';
import { seal, unseal } from './proof.js';

test('edge case 42: what was sealed comes back with its maker, whatever it holds', async (t) => {
  for (const sealed of [
    { maker: 'openai', proof: 'gAAAA=', id: 'rs_1' },
    { maker: 'anthropic', proof: 'Er/+==', redacted: true },
    { maker: 'chat' },
    { maker: 'chat', proof: seal({ maker: 'openai', proof: 'within' }) },
    { maker: 'openai', proof: '鍵 "\n' },
  ] as const)
    t.strictSame(unseal(seal(sealed)), sealed);
});

test('a seal has only characters that every provider takes in a signature', async (t) => {
  t.match(seal({ maker: 'openai', proof: '+/=?\u00fc', id: 'x' }), /^[\w.-]+$/);
});

test('edge case 42: what was not sealed here is the proof of whoever’s dialect it stands in', async (t) => {
  for (const raw of ['', 'ErUBCkYIA', 'tg1.', 'tg1.google.e30', 'tg2.openai.e30', 'tg1.openai.e30=', ' tg1.openai.'])
    t.equal(unseal(raw), undefined, raw);
});

test('a seal that was tampered with is its maker’s without proof, never an error', async (t) => {
  for (const inside of [
    '!',
    'AAAA',
    Buffer.from('[1]').toString('base64url'),
    Buffer.from('{"proof":5}').toString('base64url'),
  ]) {
    const read = unseal(`tg1.openai.${inside.replace('!', '')}`);
    t.strictSame(read, { maker: 'openai' }, inside);
  }
  t.strictSame(unseal(`tg1.chat.${Buffer.from('null').toString('base64url')}`), { maker: 'chat' });
});
