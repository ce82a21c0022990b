/** `npm run faults`: starts what is needed, runs the rows, prints, writes. */
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { readEnvironment } from '../environment.js';
import { CATALOGUE } from './catalogue.js';
import { keep, readKept } from './kept.js';
import type { FaultWishes } from './options.js';
import { faultsPage, type PageFacts, withKept } from './page.js';
import type { FaultRow } from './row.js';
import { type RowResult, runRows } from './run-rows.js';
import { Site, sharedConfig } from './site.js';
import { lineOf, renderScore, tellBeside } from './table.js';

const INTERRUPTED = 130;
/** From the project's folder. */
const PAGE = join('docs', 'faults.md');

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
  if (wishes.keep) await keepLong(wishes, rows, results, join(home, '..'));
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

/** What long rows found goes to the kept ones and into the page beside what the page's own run found. */
async function keepLong(
  { minutes, scale }: FaultWishes,
  rows: readonly FaultRow[],
  results: readonly RowResult[],
  root: string,
): Promise<void> {
  const extent = [minutes !== undefined && `${minutes} minutes`, scale !== 1 && `scale ${scale}`].filter(Boolean).join(', ');
  const run = {
    day: new Date().toISOString().slice(0, 10),
    commit: readEnvironment().commit,
    node: process.versions.node,
    extent,
  };
  const fresh = results.flatMap((result) => {
    const row = rows.find(({ id }) => id === result.id);
    return row?.length === 'long' && result.verdict !== 'not-run' ? [{ ...result, title: row.title, ...run }] : [];
  });
  const kept = await keep(root, fresh);
  const page = join(root, PAGE);
  await writeFile(page, withKept(await readFile(page, 'utf8'), kept));
  console.log(`kept: ${fresh.map(({ id }) => id).join(', ') || 'no long row was run'}`);
}

async function writePage(
  rows: readonly FaultRow[],
  results: readonly RowResult[],
  facts: Pick<PageFacts, 'seconds' | 'beside'>,
  root: string,
): Promise<void> {
  const machine = { node: process.versions.node, cores: availableParallelism() };
  const page = faultsPage(rows, results, { ...machine, ...facts, kept: await readKept(root) });
  await writeFile(join(root, PAGE), page);
  console.log('written: docs/faults.md');
}
