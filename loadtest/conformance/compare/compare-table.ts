/** A row for each feature, a column for each gateway: how many of the cells that apply are as they should be. Pure. */
import { textTable } from '../../report/text-table.js';
import type { Feature } from '../feature.js';
import type { CellResult } from '../words.js';
import type { Column } from './compare.js';

/** The first row is the head, the last one the sum. */
export function compareRows(features: readonly Feature[], columns: readonly Column[]): string[][] {
  const head = ['feature', ...columns.map(({ version, name }) => version ?? name)];
  const rows = features.map(({ id, title }) => [
    title,
    ...columns.map(({ results }) => share(results.filter(({ feature }) => feature === id))),
  ]);
  return [head, ...rows, ['all', ...columns.map(({ results }) => share(results))]];
}

/** For the terminal, with a line for each gateway that could not be asked, and what failed in the others. */
export function renderComparison(features: readonly Feature[], columns: readonly Column[]): string {
  const asked = columns.filter(({ why }) => why === undefined);
  const [head = [], ...rows] = compareRows(features, asked);
  const missing = columns.flatMap(({ name, why }) => (why === undefined ? [] : [`${name} is not compared: ${why}`]));
  return [`Cells as they should be, of those that apply:`, textTable(head, rows), ...missing].join('\n');
}

/** `14/18`; a dash where nothing applies. */
function share(results: readonly CellResult[]): string {
  const asked = results.filter(({ outcome }) => outcome !== 'n/a');
  const good = asked.filter(({ outcome }) => outcome !== 'fail');
  return asked.length === 0 ? '–' : `${good.length}/${asked.length}`;
}
