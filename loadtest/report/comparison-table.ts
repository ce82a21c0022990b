import type { ComparedTarget, Comparison } from '../result.js';
import type { Figures } from './figures.js';
import { PUBLISHED, type PublishedColumn } from './published.js';
import { spreadText } from './spread.js';
import { numeral, textTable } from './text-table.js';

/** A figure that targets are judged by, and the published one of the same meaning. */
interface Headline {
  title: string;
  figure: keyof Figures;
  decimals: number;
  published(column: PublishedColumn): number | null;
}

const NOT_PUBLISHED = (): null => null;

const HEADLINES: readonly Headline[] = [
  { title: 'CPU-seconds per 1,000 chunks [6]', figure: 'cpuPerThousandEvents', decimals: 4, published: NOT_PUBLISHED },
  { title: 'RPS per 1 % server CPU [9]', figure: 'rpsPerServerCpu', decimals: 2, published: (c) => c.rpsPerServerCpu },
  { title: 'RPS per 1 % average CPU [11]', figure: 'rpsPerAverageCpu', decimals: 2, published: NOT_PUBLISHED },
  { title: 'RPS, until the last stream ended [1]', figure: 'rps', decimals: 2, published: (c) => c.rps },
  { title: 'P95 latency, ms', figure: 'p95', decimals: 0, published: (c) => c.p95 },
  { title: 'Peak memory, MB PSS', figure: 'peakPss', decimals: 1, published: NOT_PUBLISHED },
];

/** A block for each headline figure: a line for each target with median, spread and ratios, then the published ones. */
export function comparisonTables({ targets }: Comparison, round: 1 | 2): string {
  const measured = HEADLINES.filter(({ figure }) => targets.some((target) => target.figures[figure]));
  return measured.map((headline) => block(headline, targets, PUBLISHED[round])).join('\n\n');
}

function block(headline: Headline, targets: readonly ComparedTarget[], published: readonly PublishedColumn[]): string {
  const main = targets[0]?.label ?? '';
  const go = targets.find((target) => target.target === 'go');
  const head = [headline.title, 'median (lowest–highest)', `÷ ${main}`, ...(go ? [`÷ ${go.label}`] : []), 'runs'];
  const ours = targets.map((target) => {
    const ratios = [target.overMain, ...(go ? [target.overGo] : [])].map((over) => spreadText(over[headline.figure], 2));
    return [target.label, spreadText(target.figures[headline.figure], headline.decimals), ...ratios, usedText(target)];
  });
  return textTable(head, [...ours, ...publishedRows(headline, published, go !== undefined)]);
}

/** Of the published rows only the ratio to the published Go means anything. */
function publishedRows(headline: Headline, published: readonly PublishedColumn[], hasGo: boolean): string[][] {
  const base = published.find((column) => column.name === 'Go');
  return published.flatMap((column) => {
    const value = headline.published(column);
    if (value === null) return [];
    const over = base ? value / (headline.published(base) ?? Number.NaN) : undefined;
    const cells = [numeral(value, headline.decimals), '', ...(hasGo ? [numeral(over, 2)] : []), ''];
    return [[`${column.name} (published)`, ...cells]];
  });
}

function usedText({ runs, used, isSound }: ComparedTarget): string {
  if (!isSound) return `${runs}, not valid`;
  return used === runs ? String(runs) : `${used} of ${runs}`;
}
