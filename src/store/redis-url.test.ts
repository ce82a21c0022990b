import { test } from 'tap';
import { parseRedisUrl } from './redis-url.js';

test('the five spellings are taken apart', async (t) => {
  t.match(parseRedisUrl('redis://h'), { kind: 'single', addresses: [{ host: 'h', port: 6379 }], tls: false, db: 0 });
  t.match(parseRedisUrl('rediss://me:p%40ss@[::1]:7/2'), {
    tls: true,
    username: 'me',
    password: 'p@ss',
    addresses: [{ host: '::1', port: 7 }],
    db: 2,
  });
  t.match(parseRedisUrl('redis+unix:///run/redis.sock?db=3'), { kind: 'socket', path: '/run/redis.sock', db: 3 });
  t.match(parseRedisUrl('redis+sentinel://:secret@a:1,b/main/4'), {
    kind: 'sentinel',
    addresses: [
      { host: 'a', port: 1 },
      { host: 'b', port: 26379 },
    ],
    master: 'main',
    password: 'secret',
    db: 4,
  });
  t.match(parseRedisUrl('redis-cluster://a:1,b'), {
    kind: 'cluster',
    addresses: [
      { host: 'a', port: 1 },
      { host: 'b', port: 6379 },
    ],
  });
});

test('what is not understood is refused without repeating it', async (t) => {
  for (const text of ['http://me:secret@h', 'redis:h', 'redis://h:port-secret']) {
    t.throws(() => parseRedisUrl(text), /^(?!.*secret)/);
    try {
      parseRedisUrl(text);
    } catch (error) {
      t.notMatch(String(error), /secret/);
    }
  }
});
