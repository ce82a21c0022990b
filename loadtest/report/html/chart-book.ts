import type { Chart } from '../../scenarios/findings.js';
import { describeChart } from '../charts/describe-chart.js';
import { unitText } from '../figure-rows.js';
import { barTable } from './bar-table.js';
import { type Content, html, type Markup } from './markup.js';

/** The charts of a page: each has its place in the text and its data at the end of the page, for the page's script to draw. */
export class ChartBook {
  readonly #charts: Chart[] = [];

  /** The data of all charts placed so far; a chart's number is its place in this list. */
  get data(): readonly Chart[] {
    return this.#charts;
  }

  /** Charts of one run share `group`: their cursors move together. One without a single value has no place. */
  place(chart: Chart, group: string): Markup | false {
    if (!chart.series.some(({ points }) => points.some(([, value]) => value !== null))) return false;
    if (chart.names) return frame(chart, barTable(chart));
    const number = this.#charts.push(chart) - 1;
    const plot = html`<div class="plot" role="img" aria-label="${describeChart(chart)}" data-chart="${number}" data-group="${group}"></div>
      <details class="numbers" data-chart="${number}"><summary>Numbers</summary><div class="scroll" tabindex="0" role="region" aria-label="Numbers: ${chart.title}"></div></details>`;
    return frame(chart, plot);
  }
}

function frame(chart: Chart, inside: Content): Markup {
  const right = chart.series.find((series) => series.right)?.right;
  return html`<figure class="chart">
    <figcaption><span class="chart-title">${chart.title}</span> <span class="quiet">${axisWords(chart.y)}${right && ` · right: ${axisWords(right)}`}</span></figcaption>
    ${inside}
  </figure>`;
}

function axisWords({ label, unit }: Chart['y']): string {
  return unit ? `${label}, ${unitText(unit)}` : label;
}
