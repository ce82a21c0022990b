/** docs/benchmarks.md out of kept runs. Pure: the same runs give the same page. */
import { BARS, ELSEWHERE } from './bar-table.js';
import type { BarsRun, Figure } from './figure.js';
import { bound, loadText, number } from './render.js';
import { verdictOf } from './verdict.js';

const MARKS = { beyond: '✓✓', reached: '✓', short: '✗' } as const;
const HEAD = `# Benchmarks

Made by \`npm run docs\` from the runs kept in \`loadtest/baselines/bars/\`; no figure here was typed by hand.
Each row is one of the bars that this project set itself. ✓✓ is beyond the bar, ✓ reaches it, ✗ falls short.
A figure is the median over the rounds of a run, its extremes in brackets; ratios are taken round by round, both sides
measured in turn in fresh processes within one run. CPU is user and system time of the gateway's own processes.
The gateway checks a client key, keeps sessions sticky, takes turns over 500 credentials, observes usage and counts metrics
in all of them; Go is the plain relay in \`loadtest/reference/go/\`.`;

/** The whole page. */
export function benchmarksPage(runs: readonly BarsRun[]): string {
  const columns = columnsOf(runs);
  const parts = [
    HEAD,
    ...(columns.length > 0 ? [table(columns), behindTable(columns), runsList(columns)] : ['No runs are kept yet.']),
  ];
  return `${[...parts, elsewhere(), howTo()].join('\n\n')}\n`;
}

/** One Node release line: of each figure the newest, and the runs that they come from. */
interface Column {
  major: number;
  figures: Map<string, Figure>;
  runs: BarsRun[];
}

function columnsOf(runs: readonly BarsRun[]): Column[] {
  const columns = new Map<number, Column>();
  for (const run of [...runs].sort((a, b) => a.startedAt.localeCompare(b.startedAt))) {
    const major = Number(/^v?(\d+)/.exec(run.machine.gatewayNode)?.[1]);
    const column: Column = columns.get(major) ?? { major, figures: new Map(), runs: [] };
    columns.set(major, column);
    for (const figure of run.figures) column.figures.set(figure.id, figure);
    column.runs.push(run);
  }
  for (const column of columns.values())
    column.runs = column.runs.filter((run) => run.figures.some((figure) => shows(column, figure)));
  return [...columns.values()].sort((a, b) => a.major - b.major);
}

function shows(column: Column, figure: Figure): boolean {
  return column.figures.get(figure.id) === figure;
}

function table(columns: readonly Column[]): string {
  const rows = Object.entries(BARS).map(([id, bar]) => {
    const cells = columns.map((column) => cell(column.figures.get(id)));
    return [bar.what, bound(bar, bar.bar), bound(bar, bar.beyond), ...cells];
  });
  return markdown(['what', 'bar', 'beyond it', ...columns.map(({ major }) => `Node ${major}`)], rows);
}

function cell(figure: Figure | undefined): string {
  if (!figure) return '–';
  const { median, lowest, highest } = figure.value;
  const [middle, low, high] = [median, lowest, highest].map((value) => number(value, figure.unit));
  return `${MARKS[verdictOf(median, figure)]} ${middle} (${low}–${high})`;
}

function behindTable(columns: readonly Column[]): string {
  const lines = columns.flatMap(({ major, figures }) =>
    Object.keys(BARS).flatMap((id) => {
      const figure = figures.get(id);
      return figure ? [`- Node ${major}, ${figure.what}: ${figure.behind.join('; ')}.`] : [];
    }),
  );
  return `## Behind the figures\n\n${lines.join('\n')}`;
}

function runsList(columns: readonly Column[]): string {
  const rows = columns.flatMap((column) =>
    column.runs.map(({ startedAt, machine, pace, figures, problems }) => [
      startedAt.slice(0, 16).replace('T', ' '),
      machine.gatewayNode,
      machine.commit,
      `${machine.cores} × ${machine.cpuModel}, ${(machine.memoryBytes / 2 ** 30).toFixed(0)} GB, Linux ${machine.kernel}`,
      `${loadText(machine.load)}, ${machine.stealPercent.toFixed(1)} %`,
      `${pace.rounds} × ${pace.windowSeconds} s`,
      figures
        .filter((figure) => shows(column, figure))
        .map((figure) => figure.id)
        .join(', '),
      problems.join('; ') || '–',
    ]),
  );
  const head = ['begun (UTC)', 'Node', 'commit', 'machine', 'load before → after, steal', 'rounds', 'rows', 'problems'];
  return `## Runs\n\n${markdown(head, rows)}`;
}

function elsewhere(): string {
  return `## Rows that other commands answer\n\n${ELSEWHERE.map(({ what, where }) => `- ${what}: ${where}.`).join('\n')}`;
}

function howTo(): string {
  const command = (rest: string): string => `npm run bars -- ${rest}`;
  return `## To repeat it

A quiet Linux machine, a Go toolchain for the Go column, \`openssl\` for the HTTPS rows, \`redis-server\` for the Redis row, and
\`ulimit -n\` of 20,000 for the 9,000 streams. Half an hour for all rows; \`--quick\` takes a few minutes and is for a first look.

\`\`\`sh
${command('--keep')}                                # all rows but those on round 2 and on CPU shares
${command('--keep --node /path/to/node26')}         # the gateway on another Node
${command('chunk,chunk-tls --quick')}
${command('chunk --targets cluster,cluster@dist-before')}    # two builds against each other
npm run loadtest -- --round 2 --compare single,conventional,go
${command('--from results/<time>/summary.json --keep')}      # the row on round 2, from that run
npm run loadtest -- --emulate-cores 4 --core-share 15
${command('--from results/<time>/scaling.json --keep')}      # the rows on equal CPU shares, from that run
npm run docs                                                  # writes this page
\`\`\``;
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
