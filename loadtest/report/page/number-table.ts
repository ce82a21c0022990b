/** The numbers behind a chart, for those who do not see it or want to copy them: made when the reader opens them. */
import type { Chart } from '../../scenarios/findings.js';
import { alignedData } from './aligned.js';
import { legendNumber } from './numbers.js';

export function fillNumbers(charts: readonly Chart[]): void {
  for (const details of document.querySelectorAll<HTMLDetailsElement>('details.numbers')) {
    details.addEventListener('toggle', () => {
      const chart = charts[Number(details.dataset['chart'])];
      const place = details.querySelector('.scroll');
      if (details.open && chart && place?.childElementCount === 0) place.append(tableOf(chart));
    });
  }
}

/** By DOM calls: whatever a name holds, it stays text. */
function tableOf({ x, y, series }: Chart): HTMLTableElement {
  const table = document.createElement('table');
  const head = table.createTHead().insertRow();
  const names = [x.unit ? `${x.label}, ${x.unit}` : x.label, ...series.map((one) => one.name)];
  for (const [index, name] of names.entries()) {
    const unit = index === 0 ? undefined : (series[index - 1]?.right ?? y).unit;
    const cell = document.createElement('th');
    cell.scope = 'col';
    cell.className = 'number';
    cell.textContent = unit ? `${name}, ${unit}` : name;
    head.append(cell);
  }
  const [xs = [], ...columns] = alignedData(series);
  const body = table.createTBody();
  for (const [row, value] of xs.entries()) {
    const line = body.insertRow();
    const cells = [
      x.ticks?.find(([at]) => at === value)?.[1] ?? legendNumber(value, ''),
      ...columns.map((one) => legendNumber(one[row], '')),
    ];
    for (const text of cells) {
      const cell = line.insertCell();
      cell.className = 'number';
      cell.textContent = text;
    }
  }
  return table;
}
