import { test } from 'tap';
import { drawRound, quantile, ROUND_KNOTS } from './profile.js';

const PUBLISHED = [
  { name: 'round 1', draws: 511, mean: 6300.64, p50: 6432.08, p95: 14669.36 },
  { name: 'round 2', draws: 19344, mean: 6466.62, p50: 6659.31, p95: 15140.44 },
];

for (const round of PUBLISHED) {
  for (const seed of [0, 1, 7, 42]) {
    test(`as many draws as ${round.name} had requests meet its figures within 3 % and 93 ± 2 events (seed ${seed})`, async (t) => {
      const draws = Array.from({ length: round.draws }, (_, ordinal) => drawRound(ordinal, seed));
      const durations = draws.map((draw) => draw.durationMs).sort((a, b) => a - b);
      const within = (value: number, wanted: number) => Math.abs(value / wanted - 1) < 0.03;
      const mean = durations.reduce((sum, value) => sum + value, 0) / draws.length;
      t.ok(within(mean, round.mean), `mean ${mean}`);
      t.ok(within(durations[Math.floor(draws.length * 0.5)] as number, round.p50), 'P50');
      t.ok(within(durations[Math.floor(draws.length * 0.95)] as number, round.p95), 'P95');
      const events = draws.reduce((sum, draw) => sum + draw.events, 0) / draws.length;
      t.ok(Math.abs(events - 93) < 2, `events ${events}`);
    });
  }
}

test('the area under the knots is the mean that was solved for', async (t) => {
  const steps = 200_000;
  let sum = 0;
  for (let step = 0; step < steps; step++) sum += quantile(ROUND_KNOTS, (step + 0.5) / steps);
  t.ok(Math.abs(sum / steps - 6384) < 1, `${sum / steps}`);
});

test('the same seed and ordinal give the same draw', async (t) => {
  t.same(drawRound(17, 3), drawRound(17, 3));
  t.not(drawRound(17, 3).durationMs, drawRound(17, 4).durationMs);
});
