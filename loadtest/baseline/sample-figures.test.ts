import { test } from 'tap';
import { isBaselineName, keepBaseline, readBaseline } from './kept-baseline.js';
import { sampleFigures } from './sample-figures.js';
import type { KeptBaseline } from './words.js';

const figure = (name: string, value: number, where = 'gateway') => ({ name, label: name, unit: 'ms', where, value });

test('each figure has one value for each run, and null where a run gave none or must not be used', async (t) => {
  const sampled = sampleFigures([[figure('a', 1)], undefined, [figure('a', 3), figure('b', 9)], [figure('a', Number.NaN)]]);
  t.same(
    sampled.map(({ name, values }) => [name, values]),
    [
      ['a', [1, null, 3, null]],
      ['b', [null, null, 9, null]],
    ],
  );
});

test('the same name elsewhere or of another scenario is another figure', async (t) => {
  const run = [figure('a', 1), figure('a', 2, 'direct'), { ...figure('a', 3), scenario: 'failover' }];
  t.same(
    sampleFigures([run]).map(({ values }) => values),
    [[1], [2], [3]],
  );
});

test('a kept baseline is read as it was written; a missing one names those that there are', async (t) => {
  const folder = t.testdir({ 'old.json': '{"kind":"baseline","schemaVersion":0}' });
  const kept = { kind: 'baseline', schemaVersion: 1, name: 'v1.2', runs: 6, figures: [] } as unknown as KeptBaseline;
  await keepBaseline(folder, kept);
  t.same(await readBaseline(folder, 'v1.2'), kept);
  await t.rejects(readBaseline(folder, 'v9'), /no baseline 'v9'.*old, v1\.2/);
  await t.rejects(readBaseline(folder, 'old'), /no baseline of schema 1/);
});

test('a name cannot leave the folder', async (t) => {
  for (const name of ['../x', '.hidden', 'a/b', '', '-x']) t.notOk(isBaselineName(name), name);
  for (const name of ['main', 'v0.1.0', 'node20_main-2']) t.ok(isBaselineName(name), name);
});
