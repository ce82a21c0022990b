/** docs/faults.md, written from a run. Pure. */
import { PATIENCE } from './expect.js';
import { FAMILIES } from './families.js';
import type { FaultRow } from './row.js';
import type { RowResult } from './run-rows.js';
import { SCORE_HEAD, SIGNS, scoreRows, tellFigures } from './table.js';

export interface PageFacts {
  readonly node: string;
  readonly cores: number;
  readonly seconds: number;
  /** How those fared who asked healthy models meanwhile. */
  readonly beside: string;
}

export function faultsPage(
  rows: readonly FaultRow[],
  results: readonly RowResult[],
  { node, cores, seconds, beside }: PageFacts,
): string {
  const stretched =
    PATIENCE > 1 ? `Limits and bounds were stretched ${PATIENCE} times, for a machine that did other things too.` : '';
  const found = new Map(results.map((result) => [result.id, result]));
  return [
    '# Faults',
    '',
    'Written by `npm run faults -- --write`; nothing here was typed by hand. A wall of faulty upstreams, badly behaved clients, broken stores',
    'and killed processes against the gateway as it is started for real; every row is judged from outside, by what the client got and by what',
    `the wall saw. Node ${node}, ${cores} cores, ${Math.round(seconds)} s. ${beside}${stretched}`.trimEnd(),
    '',
    row(SCORE_HEAD),
    row(SCORE_HEAD.map(() => '---')),
    ...scoreRows(results).map(row),
    '',
    ...FAMILIES.flatMap(({ letter, title }) => {
      const own = rows.filter(({ id }) => id.startsWith(letter));
      return own.length === 0 ? [] : [`## ${letter}: ${title}`, '', ...familyTable(own, found), ''];
    }),
    'To repeat it: `npm run faults` (`--only U1,C*`, `--quick`, `--long`, `--list`). Against another gateway: `npm run faults -- --print-config`',
    'says what models and upstreams it must have, `--target URL --wall-port N` then asks it; rows that start or look into processes are not run.',
    '',
  ].join('\n');
}

function familyTable(rows: readonly FaultRow[], found: ReadonlyMap<string, RowResult>): string[] {
  const head = ['row', 'fault', 'promise', 'verdict', 'seen', 'figures'];
  const lines = rows.map(({ id, title, promise }) => {
    const result = found.get(id);
    return [id, title, promise, result ? SIGNS[result.verdict] : '', result?.reason ?? '', tellFigures(result?.figures)];
  });
  return [row(head), row(head.map(() => '---')), ...lines.map(row)];
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}
