import type { ScenarioResult, SuiteSummary } from '../../scenarios/findings.js';
import { textSeconds, verdictOf } from '../suite-verdict.js';
import { chip, tick } from './chip.js';
import { type Content, html, type Markup } from './markup.js';
import { anchorOf } from './scenario-section.js';

/** What was run, where, and what became of it: the first screen of the page. */
export function top(summary: SuiteSummary): Markup {
  return html`${verdict(summary)}${failed(summary)}${facts(summary)}${overview(summary)}`;
}

function verdict(summary: SuiteSummary): Markup {
  const { outcome, words } = verdictOf(summary);
  return html`<div class="verdict ${outcome}" role="status">${chip(outcome)}<p>${words}</p></div>`;
}

/** Only what was not kept: the rest stands with its scenario. */
function failed({ scenarios }: SuiteSummary): Markup | false {
  const broken = scenarios.flatMap((scenario) => scenario.checks.filter(({ ok }) => !ok).map((check) => ({ scenario, check })));
  if (broken.length === 0) return false;
  const items = broken.map(
    ({
      scenario,
      check,
    }) => html`<li>${tick(false)}<div><p><strong>${check.promise}</strong> <span class="actual">${check.actual}</span></p>
      <p class="quiet"><a href="#${anchorOf(scenario)}">${scenario.name}</a>${check.hint && ` · ${check.hint}`}</p></div></li>`,
  );
  return html`<section aria-labelledby="failed-title"><h2 id="failed-title">Not kept</h2><ul class="checks panel">${items}</ul></section>`;
}

function facts({ environment, command, startedAt, seconds, pace, scenarios }: SuiteSummary): Markup {
  const { node, go, commit, cores, cpuModel, memoryBytes, kernel, platform } = environment;
  const seeds = [...new Set(scenarios.flatMap(({ runs }) => runs.map(({ plan }) => plan.seed)))];
  const rows: [string, Content][] = [
    ['Command', html`<code>${command}</code>`],
    [
      'Begun',
      html`<time datetime="${startedAt}">${startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</time>, took ${textSeconds(seconds)}${pace === 'quick' && ', quick'}`,
    ],
    ['Machine', `${cores} cores · ${cpuModel} · ${(memoryBytes / 2 ** 30).toFixed(1)} GB · ${platform} ${kernel}`],
    ['Versions', `commit ${commit} · Node ${node}${go ? ` · ${go}` : ''}`],
    ...(seeds.length > 0 ? [['Seed', seeds.join(', ')] as [string, Content]] : []),
  ];
  return html`<dl class="facts panel">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function overview({ scenarios }: SuiteSummary): Markup | false {
  if (scenarios.length < 2) return false;
  return html`<section aria-labelledby="overview-title"><h2 id="overview-title">Scenarios</h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="overview-title"><table>
    <thead><tr><th scope="col">Scenario</th><th scope="col">Outcome</th><th scope="col" class="number">Checks</th><th scope="col" class="number">Took</th><th scope="col" class="wrap">Shows</th></tr></thead>
    <tbody>${scenarios.map(overviewRow)}</tbody></table></div></section>`;
}

function overviewRow(scenario: ScenarioResult): Markup {
  const { name, number, outcome, checks, seconds, title } = scenario;
  const kept = checks.length === 0 ? '–' : `${checks.filter(({ ok }) => ok).length} of ${checks.length}`;
  return html`<tr><th scope="row"><a href="#${anchorOf(scenario)}">${number && html`<span class="number-tag">${number}</span>`}${name}</a></th>
    <td>${chip(outcome)}</td><td class="number">${kept}</td><td class="number">${textSeconds(seconds)}</td><td class="wrap">${title}</td></tr>`;
}
