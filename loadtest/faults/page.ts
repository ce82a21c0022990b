/** docs/faults.md, written from a run. Pure. */
import { PATIENCE } from './expect.js';
import { FAMILIES } from './families.js';
import type { KeptFinding } from './kept.js';
import type { FaultRow } from './row.js';
import type { RowResult } from './run-rows.js';
import { SCORE_HEAD, SIGNS, scoreRows, tellFigures } from './table.js';

export interface PageFacts {
  readonly node: string;
  readonly cores: number;
  readonly seconds: number;
  /** How those fared who asked healthy models meanwhile. */
  readonly beside: string;
  readonly kept: readonly KeptFinding[];
}

const KEPT_HEAD = '## Long rows, kept';
const REPEAT = 'To repeat it: ';

export function faultsPage(
  rows: readonly FaultRow[],
  results: readonly RowResult[],
  { node, cores, seconds, beside, kept }: PageFacts,
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
    ...keptSection(kept),
    `${REPEAT}\`npm run faults\` (\`--only U1,C*\`, \`--quick\`, \`--long\`, \`--list\`). Against another gateway: \`npm run faults -- --print-config\``,
    'says what models and upstreams it must have, `--target URL --wall-port N` then asks it; rows that start or look into processes are not run.',
    '',
  ].join('\n');
}

/** The page with what is kept now, nothing else of it changed. */
export function withKept(page: string, kept: readonly KeptFinding[]): string {
  const repeat = page.lastIndexOf(REPEAT);
  const section = page.indexOf(KEPT_HEAD);
  const before = page.slice(0, section < 0 ? repeat : section);
  const lines = keptSection(kept).map((line) => `${line}\n`);
  return `${before}${lines.join('')}${page.slice(repeat)}`;
}

function keptSection(kept: readonly KeptFinding[]): string[] {
  if (kept.length === 0) return [];
  const head = ['row', 'fault', 'run', 'verdict', 'seen', 'figures'];
  const lines = kept.map(({ id, title, day, commit, node, extent, seconds, verdict, reason, figures }) => {
    const run = [day, commit, `Node ${node}`, extent, `${Math.round(seconds)} s`].filter(Boolean).join(', ');
    return [id, title, run, SIGNS[verdict], reason, tellFigures(figures)];
  });
  const told =
    'Run by themselves with `npm run faults -- --only R1 --minutes 24 --keep` and the like, each the newest of its row.';
  return [KEPT_HEAD, '', told, '', row(head), row(head.map(() => '---')), ...lines.map(row), ''];
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
