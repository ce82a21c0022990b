import type { RunResult } from '../../result.js';
import type { Check, ScenarioResult } from '../../scenarios/findings.js';
import { curveChart } from '../charts/curve-chart.js';
import { runCharts } from '../charts/run-charts.js';
import { textSeconds } from '../suite-verdict.js';
import type { ChartBook } from './chart-book.js';
import { chip, tick } from './chip.js';
import { figureTableMarkup } from './figure-table.js';
import { html, type Markup } from './markup.js';

/** Where a scenario stands on the page. Names are checked by nobody, so only harmless letters are kept. */
export function anchorOf({ name }: ScenarioResult): string {
  return `scenario-${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
}

/** One scenario: outcome and checks first, then figures, then charts. */
export function scenarioSection(scenario: ScenarioResult, book: ChartBook): Markup {
  const { name, number, title, source, seconds, outcome, reason, checks, figures, notes } = scenario;
  const id = anchorOf(scenario);
  return html`<section class="scenario" id="${id}" aria-labelledby="${id}-title">
    <div class="head"><h2 id="${id}-title">${number && html`<span class="number-tag">${number}</span>`}${name}</h2>${chip(outcome)}
    <p class="quiet">${source} · ${textSeconds(seconds)}</p></div>
    <p class="lead">${title}</p>
    ${reason && html`<p class="notice ${outcome === 'skipped' ? '' : outcome === 'invalid' ? 'warn' : 'bad'}">${reason}</p>`}
    ${checks.length > 0 && checkList(checks)}
    ${figures.length > 0 && figureTableMarkup(figures, `Figures of ${name}`)}
    ${notes.length > 0 && html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}
    ${charts(scenario, book)}
  </section>`;
}

function checkList(checks: readonly Check[]): Markup {
  const sorted = [...checks.filter(({ ok }) => !ok), ...checks.filter(({ ok }) => ok)];
  const items = sorted.map(
    ({ ok, promise, actual, hint }) => html`<li>${tick(ok)}<div><p>${promise} <span class="actual">${actual}</span></p>
      ${hint && !ok && html`<p class="quiet">${hint}</p>`}</div></li>`,
  );
  return html`<ul class="checks panel">${items}</ul>`;
}

function charts(scenario: ScenarioResult, book: ChartBook): Markup {
  const { runs, charts } = scenario;
  const id = anchorOf(scenario);
  const over = runs.length > 1 ? (['ttft', 'latency'] as const).flatMap((measure) => curveChart(runs, measure) ?? []) : [];
  const own = [...charts, ...over].map((chart) => book.place(chart, `${id}-own`));
  const [only] = runs;
  if (runs.length === 1 && only) own.push(...runCharts(only).map((chart) => book.place(chart, id)));
  return html`${own.length > 0 && html`<div class="charts">${own}</div>`}
    ${runs.length > 1 && runs.map((run, index) => runDetails(run, `${id}-${index}`, book))}`;
}

/** Of many runs each is folded away: its charts are drawn when it is opened. */
function runDetails(run: RunResult, group: string, book: ChartBook): Markup {
  const { label, vus, durationSeconds, repeat } = run.plan;
  return html`<details class="run"><summary>${label}${repeat !== undefined && repeat > 1 && `, run ${repeat}`} <span class="quiet">${vus} users · ${durationSeconds} s · ${run.counts.ok} of ${run.counts.sent} ok</span></summary>
    <div class="charts">${runCharts(run).map((chart) => book.place(chart, group))}</div></details>`;
}
