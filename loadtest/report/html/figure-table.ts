import type { Figure } from '../../scenarios/findings.js';
import { type FigureRow, figureTable, unitText } from '../figure-rows.js';
import { numeral } from '../text-table.js';
import { html, type Markup } from './markup.js';

/** A scenario's figures: a row for each quantity, a column for each place where it was taken, and the published one. */
export function figureTableMarkup(figures: readonly Figure[], caption: string): Markup {
  const { columns, rows } = figureTable(figures);
  const published = rows.some((row) => row.published !== undefined);
  const head = [...columns, ...(published ? ['published'] : [])];
  return html`<div class="scroll tall" tabindex="0" role="region" aria-label="${caption}"><table>
    <caption class="hidden">${caption}</caption>
    <thead><tr><th scope="col">Figure</th>${head.map((name) => html`<th scope="col" class="number">${name}</th>`)}<th scope="col">Unit</th></tr></thead>
    <tbody>${rows.map((row) => rowMarkup(row, published))}</tbody></table></div>`;
}

function rowMarkup({ label, values, decimals, unit, published, better }: FigureRow, withPublished: boolean): Markup {
  const direction =
    better &&
    html` <span class="quiet" title="${better} is better">${better === 'lower' ? '↓' : '↑'}<span class="hidden">${better} is better</span></span>`;
  return html`<tr><th scope="row">${label}${direction}</th>
    ${values.map((value) => html`<td class="number">${numeral(value, decimals)}</td>`)}
    ${withPublished && html`<td class="number published">${published ?? '–'}</td>`}<td class="unit">${unitText(unit)}</td></tr>`;
}
