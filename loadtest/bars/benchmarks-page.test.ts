import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { benchmarksPage } from './benchmarks-page.js';
import { readKeptRuns } from './kept-runs.js';
import { sampleFigure, sampleRun } from './sample-run.js';

test('without kept runs the page says so and how to make one', async (t) => {
  const page = benchmarksPage([]);
  t.match(page, /No runs are kept yet/);
  t.match(page, /npm run bars -- --keep/);
});

test('Node releases stand side by side, with a dash where nothing was measured', async (t) => {
  const page = benchmarksPage([sampleRun({}, 'v26.1.0'), sampleRun()]);
  t.match(page, '| what | bar | beyond it | Node 20 | Node 26 |');
  t.match(page, '1000 streams | ≤ 1.25 | ≤ 0.9 | ✓ 1.10 (1.00–1.20) | ✓ 1.10 (1.00–1.20) |');
  t.match(page, /Memory .* \| – \| – \|/);
});

test('of a figure measured twice on one release the newer one stands, and a run that shows nothing is not listed', async (t) => {
  const newer = sampleRun({ startedAt: '2026-11-22T09:00:00.000Z', figures: [sampleFigure(1.3)] });
  const page = benchmarksPage([newer, sampleRun()]);
  t.match(page, '✗ 1.30');
  t.notMatch(page, '1.10');
  t.notMatch(page, '2026-11-21');
});

test('each run is told with its machine, its load and its commit', async (t) => {
  t.match(
    benchmarksPage([sampleRun({ problems: ['a | b'] })]),
    '| 2026-11-21 09:00 | v20.20.2 | c3994ff+ | 2 × A processor, 8 GB, Linux 6.18 | 0.50 → 1.50, 0.2 % | 3 × 15 s | chunk | a \\| b |',
  );
});

test('docs/benchmarks.md is what the kept runs make: npm run docs leaves no difference', async (t) => {
  const root = join(import.meta.dirname, '..', '..');
  t.equal(readFileSync(join(root, 'docs/benchmarks.md'), 'utf8'), benchmarksPage(await readKeptRuns(root)));
});
