import { test } from 'tap';
import { requestIdOf } from './request-id.js';

test('a harmless id of the caller is kept', async (t) => {
  for (const id of ['a', 'req_123', '01J9-ab.c:d', 'x'.repeat(128)]) t.equal(requestIdOf(id), id);
});

test('any other is replaced: empty, too long, twice, or with bytes that mean something elsewhere', async (t) => {
  for (const id of [undefined, '', 'x'.repeat(129), ['a', 'b'], 'a b', 'a\r\nx: y', 'a"', '<b>', 'é', 'a, b', 'a\n'])
    t.match(requestIdOf(id), /^req_[0-9a-f-]{36}$/, JSON.stringify(id) ?? 'absent');
});

test('no two new ids are the same', async (t) => {
  t.equal(new Set(Array.from({ length: 1000 }, () => requestIdOf(undefined))).size, 1000);
});
