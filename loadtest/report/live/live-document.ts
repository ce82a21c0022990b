import { documentOf } from '../html/document.js';
import { html } from '../html/markup.js';
import type { PageAssets } from '../html/page-assets.js';

const NUMBERS = [
  ['phase', 'Phase'],
  ['in-flight', 'In flight'],
  ['requests', 'Requests/s'],
  ['events', 'Events/s'],
  ['ttft', 'First token p95'],
  ['failed', 'Failed'],
  ['cpu', 'Gateway CPU'],
  ['memory', 'Gateway PSS'],
  ['elu', 'Generator busy'],
] as const;

/** The page of a run under way: empty places that its script fills. */
export function liveDocument(title: string, { css, live }: Pick<PageAssets, 'css' | 'live'>): string {
  return documentOf({
    ...{ title, css, script: live, connect: "'self'" },
    about: 'Live. A page that is open on the machine under test takes some of its time.',
    body: html`<div class="verdict running"><span class="chip" id="status" role="status">connecting</span><p id="now">Waiting for the first sample.</p></div>
      <progress id="progress" max="1" value="0" aria-label="Scenario" hidden></progress>
      <p class="quiet" id="said"></p>
      <ul class="cards" aria-label="Now">${NUMBERS.map(([name, label]) => html`<li class="panel"><span class="quiet">${label}</span><strong data-number="${name}">–</strong></li>`)}</ul>
      <div class="charts" id="live-charts"></div>
      <section aria-labelledby="finished-title" id="finished" hidden><h2 id="finished-title">Finished</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="finished-title"><table><thead><tr><th scope="col">Scenario</th><th scope="col">Outcome</th><th scope="col" class="number">Checks</th><th scope="col" class="number">Took</th></tr></thead><tbody></tbody></table></div></section>
      <noscript><p class="notice">The live page needs JavaScript; report.html of the finished run does not.</p></noscript>`,
  });
}
