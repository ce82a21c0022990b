/** A comparison of base and head as text. Pure. */
import { numeral, textTable } from '../report/text-table.js';
import type { BaselineComparison, ComparedFigure, MedianInterval } from './words.js';

const VERDICTS = { regression: 'worse', improvement: 'better', small: 'below floor', same: '~', 'not-judged': '' } as const;

export function renderComparison(comparison: BaselineComparison): string {
  const judged = comparison.figures.filter(({ verdict }) => verdict !== 'not-judged');
  const head = [
    '',
    `${comparison.base.name}: median (interval)`,
    `${comparison.head.name}: median (interval)`,
    'ratio (interval)',
    'p',
    '',
  ];
  return [
    headline(comparison),
    ...(judged.length > 0 ? [textTable(head, judged.map(row))] : []),
    [...legend(comparison), ...differences(comparison), ...comparison.notes.map((note) => `note: ${note}`)].join('\n'),
    outcomeLine(comparison),
  ].join('\n\n');
}

function headline({ kind, base, head }: BaselineComparison): string {
  const words =
    kind === 'side-by-side'
      ? 'Base against head, run in turn in this job'
      : 'TREND against a kept baseline: another time, perhaps another machine; it fails nothing';
  return `${words} · ${base.source} (${base.environment.commit}, ${base.runs} runs) → ${head.source} (${head.environment.commit}, ${head.runs} runs)`;
}

function row(figure: ComparedFigure): string[] {
  const { scenario, label, where, unit, base, head, ratio, adjustedP, verdict } = figure;
  const decimals = decimalsFor(Math.max(Math.abs(base.median), Math.abs(head.median)));
  const name = `${scenario === undefined ? '' : `${scenario}: `}${label}${where === 'gateway' ? '' : ` (${where})`}${unit ? `, ${unit}` : ''}`;
  return [name, interval(base, decimals), interval(head, decimals), interval(ratio, 3), pText(adjustedP), VERDICTS[verdict]];
}

function interval(of: Partial<MedianInterval> | undefined, decimals: number): string {
  if (of?.median === undefined) return '–';
  const { median, low, high } = of;
  if (low === undefined || high === undefined) return numeral(median, decimals);
  return `${numeral(median, decimals)} (${numeral(low, decimals)}–${numeral(high, decimals)})`;
}

/** Four digits of what matters, whatever the size. */
function decimalsFor(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return 0;
  return Math.max(0, Math.min(6, 3 - Math.floor(Math.log10(value))));
}

function pText(p: number | undefined): string {
  if (p === undefined) return '';
  return p < 0.001 ? '<0.001' : p.toFixed(3);
}

function legend({ alpha, kind, maxRegression }: BaselineComparison): string[] {
  const percent = (share: number): string => `${numeral(100 * share, 0)} %`;
  return [
    `Each run is one value. Intervals of medians: 95 % by order statistics${kind === 'side-by-side' ? '; of ratios: bootstrap over the pairs' : ''}.`,
    `p: Mann–Whitney, exact, two-sided, corrected by Holm for the number of rows; ~ = not significant at ${percent(alpha)} for the whole table.`,
    `worse = significant, past ${percent(maxRegression)} and past the absolute floor of the unit.`,
  ];
}

function differences({ differences }: BaselineComparison): string[] {
  return differences.map(({ what, base, head }) => `differs: ${what}: ${base} → ${head}`);
}

function outcomeLine({ outcome, kind, figures }: BaselineComparison): string {
  if (outcome === 'undecided') return 'undecided: these runs cannot show a difference';
  const worse = figures.filter(({ verdict }) => verdict === 'regression').map(({ label }) => label);
  if (worse.length === 0) return 'no regression found';
  return `${kind === 'trend' ? 'worse than the kept baseline' : 'REGRESSION'}: ${worse.join(', ')}`;
}
