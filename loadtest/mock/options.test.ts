import { test } from 'tap';
import { MockOptionError, parseMockOptions } from './options.js';

test('a flag beats the environment, the environment beats the default', async (t) => {
  t.equal(parseMockOptions(['--port', '1'], { PORT: '2' }).port, 1);
  t.equal(parseMockOptions([], { PORT: '2' }).port, 2);
  t.equal(parseMockOptions([], {}).port, 9001);
  t.equal(parseMockOptions(['--profile=round'], {}).profile, 'round');
});

test('sizes have units and the body limit is 16 KB unless said otherwise', async (t) => {
  t.equal(parseMockOptions([], {}).bodyLimit, 16_384);
  t.equal(parseMockOptions([], { BODY_LIMIT: '32mb' }).bodyLimit, 33_554_432);
});

test('what cannot be used is refused with its name', async (t) => {
  t.throws(() => parseMockOptions(['--port', 'x'], {}), new MockOptionError('--port must be a number from 0 to 65535'));
  t.throws(() => parseMockOptions([], { MAX_CONCURRENT: '0' }), /MAX_CONCURRENT/);
  t.throws(() => parseMockOptions(['--nonsense'], {}), /unknown flag --nonsense/);
  t.throws(() => parseMockOptions(['--port'], {}), /needs a value/);
});

test('a certificate without its key is refused, and so is a key alone', async (t) => {
  t.throws(() => parseMockOptions(['--tls-cert', 'a'], {}), /go together/);
  t.throws(() => parseMockOptions([], { TLS_KEY: 'b' }), /go together/);
  t.equal(parseMockOptions(['--tls-cert=a', '--tls-key=b'], {}).tlsKey, 'b');
});
