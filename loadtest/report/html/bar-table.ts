import type { Chart } from '../../scenarios/findings.js';
import { decimalsFor, unitText } from '../figure-rows.js';
import { numeral } from '../text-table.js';
import { html, type Markup } from './markup.js';

/** Bars with names as a table: every bar has its number beside it, without a script, on paper too. */
export function barTable({ title, y, series, names = [], kind }: Chart): Markup {
  const values = series.map(({ points }) => names.map((_, index) => points.find(([x]) => x === index)?.[1] ?? undefined));
  const most = kind === 'stacked' ? highestSum(values, names.length) : highest(values.flat());
  const decimals = Math.min(3, decimalsFor(values.flat().flatMap((value) => value ?? [])));
  const rows = names.map(
    (name, index) => html`<tr><th scope="row">${name}</th>
      <td class="bars">${kind === 'stacked' ? stack(values, index, most) : beside(values, index, most)}</td>
      ${values.map((one) => html`<td class="number">${numeral(one[index], decimals)}</td>`)}</tr>`,
  );
  const heads = series.map((one, index) => html`<th scope="col" class="number">${swatch(index, series.length)}${one.name}</th>`);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table class="bar-table">
    <thead><tr><th scope="col"><span class="hidden">Name</span></th><th scope="col" class="quiet">${unitText(y.unit ?? '')}</th>${heads}</tr></thead>
    <tbody>${rows}</tbody></table></div>`;
}

type Values = readonly (readonly (number | undefined)[])[];

/** In units of the drawing, which is stretched to the width of its cell. */
const WIDTH = 100;
const THICK = 7;

function beside(values: Values, index: number, most: number): Markup {
  const height = values.length * (THICK + 2);
  const bars = values.map((one, place) => bar(0, place * (THICK + 2) + 1, share(one[index], most), place));
  return drawing(height, bars);
}

function stack(values: Values, index: number, most: number): Markup {
  let from = 0;
  const bars = values.map((one, place) => {
    const wide = share(one[index], most);
    from += wide;
    return bar(from - wide, 1, wide, place);
  });
  return drawing(THICK + 2, bars);
}

function bar(x: number, y: number, width: number, place: number): Markup {
  return html`<rect class="c${(place % 6) + 1}" x="${x.toFixed(2)}" y="${y}" width="${width.toFixed(2)}" height="${THICK}"></rect>`;
}

function drawing(height: number, bars: readonly Markup[]): Markup {
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" height="${height * 1.5}" preserveAspectRatio="none" aria-hidden="true">${bars}</svg>`;
}

/** One kind of bar needs no key. */
function swatch(place: number, of: number): Markup | false {
  return (
    of > 1 &&
    html`<svg class="swatch" viewBox="0 0 1 1" aria-hidden="true"><rect class="c${(place % 6) + 1}" width="1" height="1"></rect></svg>`
  );
}

function share(value: number | undefined, most: number): number {
  return most > 0 && value !== undefined && value > 0 ? (WIDTH * value) / most : 0;
}

function highest(values: readonly (number | undefined)[]): number {
  return Math.max(0, ...values.map((value) => value ?? 0));
}

function highestSum(values: Values, count: number): number {
  return highest(Array.from({ length: count }, (_, index) => values.reduce((sum, one) => sum + (one[index] ?? 0), 0)));
}
