import { test } from 'tap';
import { keepRun, keptName, mergeRuns, readKeptRuns } from './kept-runs.js';
import { sampleFigure, sampleRun } from './sample-run.js';

test('a kept run is named by its day, the Node that ran the gateway and the commit', async (t) => {
  t.equal(keptName(sampleRun({}, 'v26.1.0')), '2026-11-21-node26.1.0-c3994ff-dirty.json');
  t.equal(keptName(sampleRun({ source: 'scaling' })), '2026-11-21-node20.20.2-c3994ff-dirty-scaling.json');
});

test('rows measured later on the same day join the run, and take the place of the same row', async (t) => {
  const later = { ...sampleFigure(0.8), id: 'chunk-single' };
  const run = mergeRuns(sampleRun(), sampleRun({ figures: [later], problems: ['no Go column'] }));
  t.same(
    run.figures.map((figure) => figure.id),
    ['chunk', 'chunk-single'],
  );
  t.same(run.problems, ['no Go column']);
  t.equal(mergeRuns(sampleRun(), sampleRun({ figures: [sampleFigure(0.7)] })).figures[0]?.value.median, 0.7);
});

test('of two runs that were joined the shorter pace is told', async (t) => {
  const quick = { rounds: 2, windowSeconds: 20, settleSeconds: 3 };
  t.same(mergeRuns(sampleRun({ pace: quick }), sampleRun()).pace, { rounds: 2, windowSeconds: 15, settleSeconds: 3 });
});

test('of two runs that were joined the worse state of the machine is told', async (t) => {
  const quiet = sampleRun();
  const busy = sampleRun({ machine: { ...quiet.machine, load: [9, 1], stealPercent: 3 } });
  t.same(mergeRuns(busy, quiet).machine.load, [9, 1.5]);
  t.equal(mergeRuns(busy, quiet).machine.stealPercent, 3);
});

test('a run of which the load is not known does not hide that of the other', async (t) => {
  const known = sampleRun();
  const unknown = sampleRun({ machine: { ...known.machine, load: undefined } });
  t.same(mergeRuns(known, unknown).machine.load, [0.5, 1.5]);
  t.equal(mergeRuns(unknown, unknown).machine.load, undefined);
});

test('what is kept is read again, the oldest first', async (t) => {
  const root = t.testdir();
  t.same(await readKeptRuns(root), []);
  await keepRun(root, sampleRun({ startedAt: '2026-11-22T00:00:00.000Z' }));
  await keepRun(root, sampleRun());
  await keepRun(root, sampleRun({ figures: [sampleFigure(0.5)] }));
  const runs = await readKeptRuns(root);
  t.same(
    runs.map((run) => run.startedAt.slice(0, 10)),
    ['2026-11-21', '2026-11-22'],
  );
  t.equal(runs[0]?.figures[0]?.value.median, 0.5);
});

test('a run of another schema is refused', async (t) => {
  const root = t.testdir();
  await keepRun(root, sampleRun({ schemaVersion: 2 as 1 }));
  await t.rejects(readKeptRuns(root), /schema 2/);
});
