import { test } from 'tap';
import { type Feature, WHOLE } from '../feature.js';
import type { CellResult, Outcome } from '../words.js';
import type { Column } from './compare.js';
import { compareRows, renderComparison } from './compare-table.js';

const FEATURES: Feature[] = ['x', 'y'].map((id) => ({ id, title: `feature ${id}`, modes: WHOLE, run: async () => {} }));

function column(name: string, outcomes: Record<string, Outcome[]>): Column {
  const results = Object.entries(outcomes).flatMap(([feature, all]) =>
    all.map(
      (outcome): CellResult => ({ ...{ feature, family: 'compatible', client: 'c', upstream: 'chat' }, outcome, note: '' }),
    ),
  );
  return { name, results };
}

test('of the cells that apply those count that are as they should be, refusals by design among them', async (t) => {
  const columns = [
    column('a', { x: ['pass', 'refused', 'n/a'], y: ['pass'] }),
    column('b', { x: ['pass', 'fail', 'n/a'], y: ['n/a'] }),
  ];
  t.same(compareRows(FEATURES, columns), [
    ['feature', 'a', 'b'],
    ['feature x', '2/2', '1/2'],
    ['feature y', '1/1', '–'],
    ['all', '3/3', '1/2'],
  ]);
});

test('a gateway that could not be installed has a line and no column', async (t) => {
  const text = renderComparison(FEATURES, [column('a', { x: ['pass'] }), { name: 'b', results: [], why: 'no python3' }]);
  t.match(text, /b is not compared: no python3$/);
  t.notMatch(text.split('\n')[1], /b/);
});
