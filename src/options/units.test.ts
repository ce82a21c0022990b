import fc from 'fast-check';
import { test } from 'tap';
import { formatDuration, formatSize, parseDuration, parseSize } from './units.js';

const MOST_MILLISECONDS = 2 ** 31 - 1;

test('a duration written out reads back as itself', (t) => {
  fc.assert(fc.property(fc.nat(MOST_MILLISECONDS), (value) => parseDuration(formatDuration(value)) === value));
  t.strictSame(['500ms', '2s', '30m', '1h', '0'].map(parseDuration), [500, 2000, 1_800_000, 3_600_000, 0]);
  t.end();
});

test('a size written out reads back as itself', (t) => {
  fc.assert(fc.property(fc.maxSafeNat(), (value) => value >= 1e12 || parseSize(formatSize(value)) === value));
  t.strictSame(['16kb', '32mb', '1gb', '32MB', '0'].map(parseSize), [16_384, 33_554_432, 2 ** 30, 33_554_432, 0]);
  t.end();
});

test('a number without unit, a sign, a blank or a fraction is no duration and no size', (t) => {
  for (const text of ['', '5', '-1s', '+1s', '1 s', '1.5s', 's', '1d', '1sec', '1s\n', '0x1s', '1e3s', '９s']) {
    t.equal(parseDuration(text), undefined, JSON.stringify(text));
    t.equal(parseSize(text.replace('s', 'kb')), undefined, JSON.stringify(text));
  }
  t.end();
});
