import { test } from 'tap';
import { type Random, seededRandom } from '../engine/random.js';
import type { Environment } from '../environment-record.js';
import { compareSides, type Side } from './compare.js';
import type { BaselineComparison, SampledFigure } from './words.js';

const MACHINE: Environment = {
  ...{ node: 'v20.20.2', commit: 'aaaaaaa', cores: 2, cpuModel: 'Xeon' },
  ...{ memoryBytes: 8e9, kernel: '6.1', platform: 'linux x64' },
};
const LATENCY = { name: 'p95', label: 'latency p95', unit: 'ms', where: 'gateway', better: 'lower' } as const;

const side = (name: string, figures: SampledFigure[], environment = MACHINE): Side => ({
  ...{ name, source: name, startedAt: '2026-11-21T18:00:00.000Z', environment, figures },
});

function compare(base: number[], head: number[], words: Partial<SampledFigure> = {}, maxRegression = 0.05): BaselineComparison {
  const of = (name: string, values: number[]): Side => side(name, [{ ...LATENCY, ...words, values }]);
  return compareSides(of('base', base), of('head', head), { kind: 'side-by-side', maxRegression });
}

const verdictOf = (comparison: BaselineComparison): string | undefined => comparison.figures[0]?.verdict;
const BASE = [100, 101, 102, 103, 104, 105];
const times = (factor: number): number[] => BASE.map((value) => value * factor);

test('sides that do not overlap and lie past both floors are a regression, or the other way round an improvement', async (t) => {
  t.equal(compare(BASE, times(1.2)).outcome, 'regression');
  t.equal(verdictOf(compare(BASE, times(1.2))), 'regression');
  t.equal(verdictOf(compare(times(1.2), BASE)), 'improvement');
  t.equal(compare(times(1.2), BASE).outcome, 'pass');
  t.equal(verdictOf(compare(BASE, times(1.2), { better: 'higher' })), 'improvement');
  t.equal(verdictOf(compare(times(1.2), BASE, { better: 'higher' })), 'regression');
});

test('a sure change below the relative or below the absolute floor is small', async (t) => {
  t.equal(verdictOf(compare(BASE, times(1.2), {}, 0.3)), 'small', '20 % where 30 % are allowed');
  const tenths = BASE.map((value) => value / 1000);
  t.equal(verdictOf(compare(tenths, times(1.2 / 1000))), 'small', '0.02 ms are 20 % of 0.1 ms');
});

test('sides that overlap are the same, however far their medians are apart', async (t) => {
  t.equal(verdictOf(compare([100, 100, 100, 150, 150, 150], [149, 149, 149, 151, 99, 99])), 'same');
});

test('only what has a better direction is judged, and controls are not', async (t) => {
  t.equal(verdictOf(compare(BASE, times(2), { better: undefined })), 'not-judged');
  t.equal(verdictOf(compare(BASE, times(2), { where: 'direct' })), 'not-judged');
  t.equal(compare(BASE, times(2), { where: 'direct' }).outcome, 'undecided');
});

test('three runs a side can find nothing: that is undecided, not a pass', async (t) => {
  const found = compare([1, 2, 3], [100, 200, 300]);
  t.equal(found.outcome, 'undecided');
  t.match(found.notes.join(), /too few runs/);
});

test('many figures need more runs, as one of them would look different by chance', async (t) => {
  const figures = (values: number[]): SampledFigure[] =>
    Array.from({ length: 30 }, (_, index) => ({ ...LATENCY, name: `f${index}`, values }));
  const found = compareSides(side('base', figures(BASE)), side('head', figures(times(2))), {
    kind: 'side-by-side',
    maxRegression: 0.05,
  });
  t.equal(found.outcome, 'undecided', '30 figures × 2/924 is more than 5 %');
});

test('a run that gave nothing, on either side, leaves the others where they are', async (t) => {
  const base: SampledFigure = { ...LATENCY, values: [100, null, 100, 100, 100, 100, 100] };
  const head: SampledFigure = { ...LATENCY, values: [110, 999, 110, 110, null, 110, 110] };
  const found = compareSides(side('base', [base]), side('head', [head]), { kind: 'side-by-side', maxRegression: 0.05 });
  t.equal(found.figures[0]?.ratio?.median, 1.1);
  t.equal(found.base.runs, 6);
});

test('what one side lacks and what differs between the machines is said', async (t) => {
  const base = side('base', [
    { ...LATENCY, values: BASE },
    { ...LATENCY, name: 'old', label: 'old one', values: BASE },
  ]);
  const head = side('head', [{ ...LATENCY, values: BASE }], { ...MACHINE, commit: 'bbbbbbb', go: 'go1.26' });
  const found = compareSides(base, head, { kind: 'trend', maxRegression: 0.05 });
  t.match(found.notes.join(), /only base has: old one/);
  t.same(found.differences, [
    { what: 'commit', base: 'aaaaaaa', head: 'bbbbbbb' },
    { what: 'go', base: '–', head: 'go1.26' },
  ]);
});

/** Long tail and, by rounding, ties: as latencies and counts are. */
const skewed = (random: Random): number => Math.round(100 * Math.exp(random() + random() - 1));

function equalSides(random: Random): BaselineComparison {
  const figures = (): SampledFigure[] =>
    Array.from({ length: 8 }, (_, index) => ({
      ...{ ...LATENCY, name: `f${index}`, unit: '' },
      values: Array.from({ length: 8 }, () => skewed(random)),
    }));
  return compareSides(side('base', figures()), side('head', figures()), { kind: 'trend', maxRegression: 0 });
}

test('two equal revisions are called different in at most one comparison of twenty, over all figures together', async (t) => {
  let alarms = 0;
  const comparisons = 200;
  for (let seed = 1; seed <= comparisons; seed++) {
    const { figures } = equalSides(seededRandom(seed));
    if (figures.some(({ verdict }) => verdict !== 'same')) alarms++;
  }
  t.ok(alarms <= comparisons * 0.05, `${alarms} of ${comparisons}`);
});

test('a tenth more is found in 19 of 20 comparisons when runs differ by some percent', async (t) => {
  let found = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const random = seededRandom(seed);
    const around = (middle: number): number[] => Array.from({ length: 8 }, () => middle * (1 + 0.04 * (random() + random() - 1)));
    if (compare(around(100), around(110)).outcome === 'regression') found++;
  }
  t.ok(found >= 38, `${found} of 40`);
});
