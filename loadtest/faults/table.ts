/** Findings as text: a line for each row, a score at the end. Pure. */
import { textTable } from '../report/text-table.js';
import type { LoadReport } from './client/load.js';
import { FAMILIES } from './families.js';
import type { FaultRow, Figures, Verdict } from './row.js';
import type { RowResult } from './run-rows.js';

export const SIGNS: Readonly<Record<Verdict, string>> = { pass: '✓ pass', fail: '✗ FAIL', 'not-run': '· not run' };

export function lineOf({ id, title }: FaultRow, { verdict, reason, figures, seconds }: RowResult): string {
  const told = [reason, tellFigures(figures)].filter(Boolean).join(' · ');
  return `${id.padEnd(4)}${SIGNS[verdict].padEnd(10)}${title}: ${told} [${seconds.toFixed(1)} s]`;
}

/** `name value, name value`. */
export function tellFigures(figures: Figures = {}): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(1) : value}`)
    .join(', ');
}

export interface Score {
  readonly title: string;
  readonly rows: number;
  readonly pass: number;
  readonly fail: number;
  readonly notRun: number;
}

/** By family, those without a row left out; all together last. */
export function scores(results: readonly RowResult[]): Score[] {
  const families = FAMILIES.map(({ letter, title }) => scoreOf(`${letter} ${title}`, results, letter));
  return [...families.filter(({ rows }) => rows > 0), scoreOf('all', results, '')];
}

function scoreOf(title: string, results: readonly RowResult[], letter: string): Score {
  const own = results.filter(({ id }) => id.startsWith(letter));
  const count = (wanted: Verdict): number => own.filter(({ verdict }) => verdict === wanted).length;
  return { title, rows: own.length, pass: count('pass'), fail: count('fail'), notRun: count('not-run') };
}

export const SCORE_HEAD = ['family', 'rows', 'pass', 'fail', 'not run'];

export function scoreRows(results: readonly RowResult[]): string[][] {
  return scores(results).map((score) => [score.title, ...[score.rows, score.pass, score.fail, score.notRun].map(String)]);
}

export function renderScore(results: readonly RowResult[]): string {
  return textTable(SCORE_HEAD, scoreRows(results));
}

/** Of those who asked healthy models of the shared gateway while faults struck; '' where nobody did. */
export function tellBeside(report: LoadReport | undefined): string {
  if (!report) return '';
  const { asked, lost, p50, p99 } = report;
  const words = `Beside the faults, ${asked} requests to healthy models of the same gateway: ${lost.length} lost`;
  return `${words}${lost.length > 0 ? ` (${lost[0]})` : ''}, p50 ${Math.round(p50)} ms, p99 ${Math.round(p99)} ms. `;
}
