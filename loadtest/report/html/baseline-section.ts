import type { BaselineComparison, ComparedFigure, FigureVerdict, MedianInterval } from '../../baseline/words.js';
import { decimalsFor, unitText } from '../figure-rows.js';
import { numeral } from '../text-table.js';
import { html, type Markup } from './markup.js';

const WORDS: Readonly<Record<FigureVerdict, { words: string; look: string }>> = {
  regression: { words: '✗ worse', look: 'bad' },
  improvement: { words: '✓ better', look: 'good' },
  small: { words: '≈ small', look: 'still' },
  same: { words: '~', look: 'still' },
  'not-judged': { words: '–', look: 'still' },
};
const OUTCOMES: Readonly<Record<BaselineComparison['outcome'], { words: string; look: string }>> = {
  pass: { words: '✓ no regression', look: 'good' },
  regression: { words: '✗ regression', look: 'bad' },
  undecided: { words: '! undecided', look: 'warn' },
};

/** Base against head: for each figure both medians with their intervals as bars, the ratio, and whether it means anything. */
export function baselineSection(comparison: BaselineComparison): Markup {
  const { kind, base, head, maxRegression, figures, outcome, notes, differences } = comparison;
  const { words, look } = OUTCOMES[outcome];
  const told = differences.map(({ what, base: one, head: other }) => `${what}: ${one} → ${other}`);
  const how =
    kind === 'trend' ? 'a kept file of another time: to look at, it fails nothing' : 'both run in this job, interleaved';
  return html`<section id="baseline" aria-labelledby="baseline-title">
    <div class="head"><h2 id="baseline-title">Against the baseline</h2><span class="chip ${look}">${words}</span>
    <p class="quiet">${how} · allowed ${numeral(100 * maxRegression, 1)} %</p></div>
    <p class="lead">${head.source} (${head.runs} runs) against ${base.source} (${base.runs} runs). Bars are medians, whiskers the interval in which the true median lies.</p>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="baseline-title"><table>
    <thead><tr><th scope="col">Figure</th><th scope="col">Base above, head below</th><th scope="col" class="number">Base</th><th scope="col" class="number">Head</th><th scope="col">Unit</th><th scope="col" class="number">Head ÷ base</th><th scope="col">Verdict</th></tr></thead>
    <tbody>${figures.map(figureRow)}</tbody></table></div>
    ${(notes.length > 0 || told.length > 0) && html`<ul class="notes">${[...notes, ...told].map((note) => html`<li>${note}</li>`)}</ul>`}
  </section>`;
}

function figureRow(figure: ComparedFigure): Markup {
  const { scenario, label, where, unit, base, head, ratio, verdict } = figure;
  const decimals = decimalsFor([base.median, head.median]);
  const { words, look } = WORDS[verdict];
  return html`<tr><th scope="row">${label}<br><span class="quiet">${[scenario, where].filter(Boolean).join(' · ')}</span></th>
    <td class="bars">${bars(base, head)}</td>
    <td class="number">${intervalText(base, decimals)}</td><td class="number">${intervalText(head, decimals)}</td><td class="unit">${unitText(unit)}</td>
    <td class="number">${ratio ? intervalText(ratio, 3) : '–'}</td>
    <td><span class="chip ${look}">${words}</span></td></tr>`;
}

function intervalText({ median, low, high }: Pick<MedianInterval, 'median' | 'low' | 'high'>, decimals: number): Markup {
  const interval = low !== undefined && high !== undefined;
  return html`${numeral(median, decimals)}${interval && html` <span class="quiet">[${numeral(low, decimals)}, ${numeral(high, decimals)}]</span>`}`;
}

const ROW = 12;

/** Both to one scale from zero. */
function bars(base: MedianInterval, head: MedianInterval): Markup {
  const most = Math.max(base.median, head.median, base.high ?? 0, head.high ?? 0);
  const x = (value: number): string => (most > 0 ? Math.max(0, (98 * value) / most) : 0).toFixed(2);
  const one = ({ median, low, high }: MedianInterval, index: number): Markup => {
    const middle = index * ROW + ROW / 2;
    const whisker =
      low !== undefined &&
      high !== undefined &&
      html`<path class="whisker" d="M${x(low)} ${middle}H${x(high)}M${x(low)} ${middle - 3}v6M${x(high)} ${middle - 3}v6"></path>`;
    return html`<rect class="c${index + 1}" x="0" y="${index * ROW + 2}" width="${x(median)}" height="${ROW - 4}"></rect>${whisker}`;
  };
  return html`<svg viewBox="0 0 100 ${ROW * 2}" height="28" preserveAspectRatio="none" aria-hidden="true">${one(base, 0)}${one(head, 1)}</svg>`;
}
