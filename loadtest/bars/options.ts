import { parseArgs } from 'node:util';
import type { Pace } from './figure.js';
import type { TargetName } from './site.js';

/** What the command line says. */
export interface BarsWishes {
  /** Names of rows; empty: all. */
  rows: string[];
  targets: TargetName[];
  nodePath: string;
  workers: number;
  pace: Pace;
  /** `summary.json` or `scaling.json` that `npm run loadtest` made: rows are read from there and nothing is measured. */
  from: string | undefined;
  keep: boolean;
  json: boolean;
  help: boolean;
}

/** Enough to see a change of a tenth; not for publishing. */
const QUICK: Pace = { rounds: 2, windowSeconds: 8, settleSeconds: 3 };
const FULL: Pace = { rounds: 5, windowSeconds: 10, settleSeconds: 4 };

export const USAGE = `npm run bars [-- row,row …] [options]     measures each row of the bars table, gateways in turn

  --node PATH       the Node that runs the gateway (default: this one)
  --targets A,B     of the rows that compare (default: cluster,single,go); cluster@FOLDER is another build
  --workers N       of the cluster (default: 4)
  --quick           ${QUICK.rounds} rounds of ${QUICK.windowSeconds} s instead of ${FULL.rounds} of ${FULL.windowSeconds} s
  --rounds N, --window SECONDS, --settle SECONDS
  --from FILE       measure nothing and take rows from what npm run loadtest wrote: results/…/summary.json of --round 2
                    --compare conventional, or scaling.json of --emulate-cores
  --keep            write the figures to loadtest/baselines/bars/, where docs/benchmarks.md is made from (npm run docs)
  --json            print the run as JSON at the end`;

/** Reads the command line; throws with words for people. */
export function parseWishes(args: readonly string[], rowNames: readonly string[]): BarsWishes {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...{ node: { type: 'string' }, targets: { type: 'string' }, workers: { type: 'string' } },
      ...{ rounds: { type: 'string' }, window: { type: 'string' }, settle: { type: 'string' }, from: { type: 'string' } },
      ...{ quick: { type: 'boolean' }, keep: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
    },
  });
  const rows = positionals.flatMap(list);
  const unknown = rows.find((row) => !rowNames.includes(row));
  if (unknown !== undefined) throw new Error(`no row '${unknown}'; rows: ${rowNames.join(', ')}`);
  const pace = values.quick ? QUICK : FULL;
  return {
    rows,
    targets: list(values.targets ?? 'cluster,single,go'),
    nodePath: values.node ?? process.execPath,
    workers: whole('--workers', values.workers, 4),
    pace: {
      rounds: whole('--rounds', values.rounds, pace.rounds),
      windowSeconds: whole('--window', values.window, pace.windowSeconds),
      settleSeconds: whole('--settle', values.settle, pace.settleSeconds),
    },
    from: values.from,
    keep: values.keep ?? false,
    json: values.json ?? false,
    help: values.help ?? false,
  };
}

function list(text: string): string[] {
  return text.split(',').filter(Boolean);
}

function whole(flag: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new Error(`${flag} must be a whole number from 1 to 9999`);
  return Number(text);
}
