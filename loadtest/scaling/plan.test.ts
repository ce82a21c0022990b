import { test } from 'tap';
import type { LoadWishes } from '../options.js';
import { fittingShare, parseCurve, runPlanOf, type ScalingWishes, scalingPlan, scalingPoints } from './plan.js';

const LOAD: LoadWishes = {
  ...{ target: 'cluster', workers: 4, warmup: 0, think: [0, 0], seed: 0, timeScale: 1, grace: 60, timeout: 120 },
  ...{ model: 'mock-round', out: '', json: false, quiet: true, color: false },
};
const WISHES: ScalingWishes = { ...LOAD, emulateCores: 4, coreShare: 15, given: new Set() };

test('the curve doubles up to twice the emulated cores, or is what was given, sorted and once each', async (t) => {
  t.strictSame(scalingPlan(WISHES, 64).curve, [1, 2, 4, 8]);
  t.strictSame(scalingPlan({ ...WISHES, emulateCores: 3 }, 64).curve, [1, 2, 4]);
  t.strictSame(scalingPlan({ ...WISHES, curve: [4, 1, 4] }, 64).curve, [1, 4]);
});

test('a share is as asked where the machine has room, less in whole percent where it has not, never nothing', async (t) => {
  t.equal(fittingShare(0.15, 8, 64), 0.15);
  t.equal(fittingShare(0.15, 8, 2), 0.03);
  t.equal(fittingShare(0.02, 8, 2), 0.02);
  t.equal(fittingShare(0.15, 64, 1), 0.01);
  t.match(scalingPlan(WISHES, 2), { askedShare: 0.15, share: 0.03 });
});

test('users grow with workers; cluster and Go have workers × share in all, a single process one share', async (t) => {
  const plan = scalingPlan({ ...WISHES, vus: 400, curve: [1, 4] }, 64);
  t.strictSame(scalingPoints(plan, ['cluster', 'go', 'single']), [
    { round: 1, target: 'cluster', workers: 1, users: 100, total: 0.15, each: 0.15 },
    { round: 1, target: 'go', workers: 1, users: 100, total: 0.15, each: 0.15 },
    { round: 1, target: 'single', workers: 1, users: 100, total: 0.15, each: 0.15 },
    { round: 1, target: 'cluster', workers: 4, users: 400, total: 0.6, each: 0.15 },
    { round: 1, target: 'go', workers: 4, users: 400, total: 0.6, each: 0.6 },
    { round: 1, target: 'single', workers: 4, users: 400, total: 0.15, each: 0.15 },
  ]);
});

test('what is written on the command line wins over the defaults of this mode', async (t) => {
  t.match(scalingPlan(WISHES, 64), { timeScale: 0.25, settleSeconds: 5, durationSeconds: 10 });
  const given = new Set(['timeScale', 'warmup']);
  t.match(scalingPlan({ ...WISHES, given, warmup: 9, duration: 5, vus: 7 }, 64), {
    ...{ timeScale: 1, settleSeconds: 9, durationSeconds: 5, users: 7 },
  });
});

test('a point becomes a load run in which memory is not asked for', async (t) => {
  const plan = scalingPlan(WISHES, 64);
  const [point] = scalingPoints(plan, ['go']);
  t.match(runPlanOf(point!, plan, WISHES), {
    ...{ target: 'go', vus: 270, credentials: 500, warmupSeconds: 7, durationSeconds: 10, timeScale: 0.25, skipMemory: true },
  });
  const eight = scalingPoints(plan, ['cluster']).at(-1);
  t.match(runPlanOf(eight!, plan, WISHES), { target: 'cluster', workers: 8, label: 'cluster ×8', generators: 2 });
});

test('a curve is a list of whole numbers from 1 to 64', async (t) => {
  t.strictSame(parseCurve('1,2,8'), [1, 2, 8]);
  for (const wrong of ['', '0', '1,,2', '65', '1.5', 'many']) t.equal(parseCurve(wrong), undefined, wrong);
});
