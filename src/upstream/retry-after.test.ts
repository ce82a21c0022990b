import fc from 'fast-check';
import { test } from 'tap';
import { readRetryAfter } from './retry-after.js';

const NOW = Date.parse('Fri, 20 Nov 2026 12:00:00 GMT');
const HOUR = 3_600_000;

const read = (headers: Record<string, string>) => readRetryAfter(new Map(Object.entries(headers)), NOW);

test('seconds, whole or not, are read', async (t) => {
  t.equal(read({ 'retry-after': '0' }), 0);
  t.equal(read({ 'retry-after': '20' }), 20_000);
  t.equal(read({ 'retry-after': '1.5' }), 1500);
});

test('milliseconds go before seconds', async (t) => {
  t.equal(read({ 'retry-after-ms': '250', 'retry-after': '20' }), 250);
  t.equal(read({ 'retry-after-ms': 'soon', 'retry-after': '20' }), 20_000);
});

test('a date is the time until then, by the upstream’s own clock where it tells it', async (t) => {
  const until = 'Fri, 20 Nov 2026 12:00:30 GMT';
  t.equal(read({ 'retry-after': until }), 30_000);
  t.equal(read({ 'retry-after': until, date: 'Fri, 20 Nov 2026 12:00:25 GMT' }), 5000);
  t.equal(read({ 'retry-after': until, date: 'no date' }), 30_000);
});

test('a date that is over means now', async (t) => {
  t.equal(read({ 'retry-after': 'Fri, 20 Nov 2026 11:00:00 GMT' }), 0);
});

test('more than an hour is not believed', async (t) => {
  t.equal(read({ 'retry-after': '86400' }), HOUR);
  t.equal(read({ 'retry-after': '9'.repeat(400) }), HOUR);
  t.equal(read({ 'retry-after': 'Sun, 20 Nov 2050 12:00:00 GMT' }), HOUR);
});

test('nothing said, or nothing that can be read, is nothing known', async (t) => {
  for (const value of ['', 'soon', 'NaN', 'Infinity', '20s', '0x10', '١٢'])
    t.equal(read({ 'retry-after': value }), undefined, value);
  t.equal(read({}), undefined);
});

test('whatever comes, the time to wait is from none to an hour', async () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.double().map(String), fc.integer().map(String), fc.date().map(String)), (value) => {
      const wait = read({ 'retry-after': value });
      return wait === undefined || (wait >= 0 && wait <= HOUR);
    }),
  );
});

test('a date is read in the three forms of the standard and in no other', async (t) => {
  const said = 'Sun, 06 Nov 1994 08:49:27 GMT';
  const wait = (value: string) =>
    readRetryAfter(
      new Map([
        ['retry-after', value],
        ['date', said],
      ]),
      0,
    );
  for (const date of ['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])
    t.equal(wait(date), 10_000, date);
  for (const nonsense of [
    '-5',
    '1/2/2030',
    '2030',
    '1e3',
    '0x10',
    'tomorrow',
    '06 Nov 2094',
    '2094-11-06T08:49:37Z',
    '5, 6',
    ' ',
    '∞',
  ])
    t.ok(nonsense === '2030' ? wait(nonsense) === 2_030_000 : wait(nonsense) === undefined, nonsense);
});
