/** `report.html`. Pure but for the style and script given in. */
import type { ScalingRecord } from '../../scaling/words.js';
import type { SuiteSummary } from '../../scenarios/findings.js';
import { scalingCharts } from '../charts/scaling-charts.js';
import { baselineSection } from './baseline-section.js';
import { ChartBook } from './chart-book.js';
import { documentOf } from './document.js';
import { html, jsonBlock, type Markup } from './markup.js';
import type { PageAssets } from './page-assets.js';
import { scenarioSection } from './scenario-section.js';
import { top } from './top.js';

/** The whole page of a suite; `scaling`: the newest proof that lies beside. */
export function reportPage(
  summary: SuiteSummary,
  { css, report }: Pick<PageAssets, 'css' | 'report'>,
  scaling?: ScalingRecord,
): string {
  const book = new ChartBook();
  const { environment, scenarios, title, startedAt } = summary;
  const names = scenarios.length === 1 ? (scenarios[0]?.name ?? '') : `${scenarios.length} scenarios`;
  const body = html`${top(summary)}
    ${summary.baseline && baselineSection(summary.baseline)}
    ${scenarios.map((scenario) => scenarioSection(scenario, book))}
    ${scaling && scalingSection(scaling, book)}`;
  return documentOf({
    title: title ?? `Tidegate load test: ${names}`,
    about: `${startedAt.slice(0, 10)} · commit ${environment.commit} · ${environment.cores} cores`,
    ...{ css, script: report },
    body: html`${body}<script type="application/json" id="charts">${jsonBlock(book.data)}</script>`,
  });
}

function scalingSection(record: ScalingRecord, book: ChartBook): Markup {
  const { environment, plan } = record;
  return html`<section class="scenario" id="scaling" aria-labelledby="scaling-title">
    <div class="head"><h2 id="scaling-title">Scaling over emulated cores</h2><p class="quiet">commit ${environment.commit} · ${plan.cores} cores emulated</p></div>
    <p class="lead">Each worker is held to an equal share of a core; throughput of k workers beside k times one worker.</p>
    <div class="charts">${scalingCharts(record).map((chart) => book.place(chart, 'scaling'))}</div></section>`;
}
