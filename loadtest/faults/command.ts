/** `npm run faults`: starts what is needed, runs the rows, prints, writes. */
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { CATALOGUE } from './catalogue.js';
import type { FaultWishes } from './options.js';
import { faultsPage, type PageFacts } from './page.js';
import type { FaultRow } from './row.js';
import { type RowResult, runRows } from './run-rows.js';
import { Site, sharedConfig } from './site.js';
import { lineOf, renderScore, tellBeside } from './table.js';

const INTERRUPTED = 130;

/** Gives the exit code. `entry`: this command's own file, in the folder of the built programs. */
export async function faultsCommand(wishes: FaultWishes, entry: string): Promise<number> {
  process.on('SIGINT', () => process.exit(INTERRUPTED)).on('SIGTERM', () => process.exit(INTERRUPTED));
  // A row that has failed may leave requests behind whose ends nobody waits for.
  process.on('unhandledRejection', () => {});
  const rows = rowsOf(wishes);
  const models = rows.flatMap(({ models: wanted = [] }) => wanted);
  if (wishes.printConfig) {
    console.log(JSON.stringify(sharedConfig(models, `http://127.0.0.1:${wishes.wallPort}`), null, 2));
    return 0;
  }
  if (wishes.list) {
    for (const { id, title, promise, length } of rows) console.log(`${id.padEnd(4)}${length.padEnd(6)}${title}: ${promise}`);
    return 0;
  }
  const home = dirname(entry);
  const began = performance.now();
  const site = await Site.start({ ...wishes, home, models });
  const results = await run(wishes, rows, site);
  const seconds = (performance.now() - began) / 1000;
  const beside = tellBeside(await site.besides());
  console.log(`\n${renderScore(results)}\n\n${beside}${Math.round(seconds)} s`);
  if (wishes.json) await writeFile(wishes.json, `${JSON.stringify(results, null, 2)}\n`);
  if (wishes.write) await writePage(rows, results, { seconds, beside }, join(home, '..'));
  return results.some(({ verdict }) => verdict === 'fail') ? 1 : 0;
}

async function run({ target, long, only }: FaultWishes, rows: readonly FaultRow[], site: Site): Promise<RowResult[]> {
  try {
    return await runRows({
      ...{ rows, site, long: long || only !== undefined, target: target !== undefined },
      onResult: (row, result) => console.log(lineOf(row, result)),
    });
  } finally {
    await site.stop();
  }
}

/** Named rows are run whatever their length. */
function rowsOf({ only, longAlone }: FaultWishes): readonly FaultRow[] {
  if (only) return CATALOGUE.filter(({ id }) => only.includes(id));
  return longAlone ? CATALOGUE.filter(({ length }) => length === 'long') : CATALOGUE;
}

async function writePage(
  rows: readonly FaultRow[],
  results: readonly RowResult[],
  facts: Pick<PageFacts, 'seconds' | 'beside'>,
  root: string,
): Promise<void> {
  const page = faultsPage(rows, results, { node: process.versions.node, cores: availableParallelism(), ...facts });
  await writeFile(join(root, 'docs', 'faults.md'), page);
  console.log('written: docs/faults.md');
}
