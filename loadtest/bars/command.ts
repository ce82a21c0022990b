import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Summary } from '../result.js';
import type { ScalingRecord } from '../scaling/words.js';
import { BARS_SCHEMA_VERSION, type BarsRun, type Figure } from './figure.js';
import { runFromLoadtest } from './from-loadtest.js';
import { keepRun } from './kept-runs.js';
import { MachineWatch } from './machine.js';
import { type BarsWishes, parseWishes, USAGE } from './options.js';
import { renderRun } from './render.js';
import { ROWS } from './rows/index.js';
import { Site } from './site.js';
import { withoutPaths } from './without-paths.js';

const INTERRUPTED = 130;

/** The command: measures the rows asked for, prints, and keeps when told. Gives the exit code. */
export async function barsCommand(args: readonly string[], entry: string): Promise<number> {
  const wishes = parseWishes(args, Object.keys(ROWS));
  if (wishes.help) {
    console.log(`${USAGE}\n\nrows: ${Object.keys(ROWS).join(', ')}`);
    return 0;
  }
  // What was started is killed on exit; a half-measured row is worth nothing.
  process.on('SIGINT', () => process.exit(INTERRUPTED)).on('SIGTERM', () => process.exit(INTERRUPTED));
  const keep = wishes.keep ? (run: BarsRun) => keepRun(join(dirname(entry), '..'), run) : undefined;
  const run = wishes.from === undefined ? await measure(wishes, args, entry, keep) : await readRecord(wishes.from);
  console.log(`\n${renderRun(run)}`);
  if (keep && run.figures.length > 0) console.log(`\nkept: ${await keep(run)}`);
  if (wishes.json) console.log(JSON.stringify(run));
  return run.figures.length > 0 ? 0 : 1;
}

async function readRecord(file: string): Promise<BarsRun> {
  return runFromLoadtest(JSON.parse(await readFile(file, 'utf8')) as Summary | ScalingRecord, withoutPaths(file));
}

/** What is measured so far is kept row by row: a run that is cut after an hour has its first rows. */
async function measure(
  wishes: BarsWishes,
  args: readonly string[],
  entry: string,
  keep: ((run: BarsRun) => Promise<unknown>) | undefined,
): Promise<BarsRun> {
  const startedAt = new Date().toISOString();
  const { nodePath, workers, pace } = wishes;
  const watch = new MachineWatch(nodePath);
  const site = new Site({ home: dirname(entry), entry, nodePath, workers, pace, say: (line) => console.log(line) });
  const figures: Figure[] = [];
  const soFar = (): BarsRun => ({
    schemaVersion: BARS_SCHEMA_VERSION,
    ...{ source: 'bars', startedAt, command: withoutPaths(args.join(' ')), machine: watch.facts(), pace, figures },
    problems: site.problems.map(withoutPaths),
  });
  try {
    for (const name of wishes.rows.length > 0 ? wishes.rows : Object.keys(ROWS)) {
      figures.push(...(await oneRow(name, site, wishes)));
      if (figures.length > 0) await keep?.(soFar());
    }
  } finally {
    await site.close();
  }
  return soFar();
}

/** A row that cannot be measured leaves the others alone. */
async function oneRow(name: string, site: Site, { targets }: BarsWishes): Promise<Figure[]> {
  console.log(`${name}:`);
  try {
    return (await ROWS[name]?.(site, targets)) ?? [];
  } catch (error) {
    site.problems.push(`${name}: ${(error as Error).message}`);
    return [];
  }
}
