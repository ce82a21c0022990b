import { test } from 'tap';
import { type PlateauRule, plateauOf, type Reading } from './plateau.js';

const RULE: PlateauRule = { windowSeconds: 60, trendPercent: 1, spreadPercent: 2 };

/** A reading each five seconds. */
function series(count: number, value: (index: number) => number): Reading[] {
  return Array.from({ length: count }, (_, index) => ({ at: index * 5, value: value(index) }));
}

test('memory that hums around a level has reached its plateau', async (t) => {
  const found = plateauOf(
    series(20, (index) => 100 + (index % 3) * 0.5),
    RULE,
  );
  t.equal(found.isReached, true);
});

test('a slow leak within the range is found by its trend, and its rate is told', async (t) => {
  const found = plateauOf(
    series(30, (index) => 100 + index * 0.15),
    RULE,
  );
  t.equal(found.isReached, false);
  t.ok(found.spread < RULE.spreadPercent + 0.1 && found.trend > 0.8, `spread ${found.spread}, trend ${found.trend}`);
  t.equal(found.perMinute.toFixed(2), '1.80');
  t.equal(
    plateauOf(
      series(30, (index) => 100 + index * 0.3),
      RULE,
    ).isReached,
    false,
  );
});

test('wild memory without a trend has not', async (t) => {
  t.equal(
    plateauOf(
      series(20, (index) => 100 + (index % 2) * 5),
      RULE,
    ).isReached,
    false,
  );
});

test('memory that falls is no leak, and its fall ends before it counts as level', async (t) => {
  const falling = series(40, (index) => (index < 20 ? 150 - 2 * index : 110));
  t.equal(plateauOf(falling.slice(0, 20), RULE).isReached, false);
  t.equal(plateauOf(falling, RULE).isReached, true);
});

test('too short a time, or too few readings, are no plateau', async (t) => {
  t.equal(
    plateauOf(
      series(8, () => 100),
      RULE,
    ).isReached,
    false,
  );
  t.equal(
    plateauOf(
      [
        { at: 0, value: 1 },
        { at: 70, value: 1 },
      ],
      RULE,
    ).isReached,
    false,
  );
  t.equal(plateauOf([], RULE).isReached, false);
});
