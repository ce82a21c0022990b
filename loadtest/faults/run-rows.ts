/** Runs rows: those that bear company several at a time, then those that want the machine for themselves. No row may hang. */
import { Bench } from './bench.js';
import { NotRun, PATIENCE } from './expect.js';
import { type FaultRow, type Finding, fail, notRun } from './row.js';
import type { Site } from './site.js';

const AT_ONCE = 4;
const BOUND_SECONDS = 40;
/** For the endings of a row: what it started is killed. */
const CLOSE_WITHIN_MS = 15_000;

export interface RowResult extends Finding {
  readonly id: string;
  readonly seconds: number;
}

export interface RunWish {
  readonly rows: readonly FaultRow[];
  readonly site: Site;
  /** Whether the gateway is another's: rows that start their own are not run. */
  readonly target: boolean;
  readonly long: boolean;
  readonly onResult: (row: FaultRow, result: RowResult) => void;
}

/** Results in the order of the rows. */
export async function runRows({ rows, site, target, long, onResult }: RunWish): Promise<RowResult[]> {
  const results = new Map<string, RowResult>();
  const run = async (row: FaultRow): Promise<void> => {
    const began = performance.now();
    const finding = whyNot(row, target, long) ?? (await runRow(row, site));
    const result = { ...finding, id: row.id, seconds: (performance.now() - began) / 1000 };
    results.set(row.id, result);
    onResult(row, result);
  };
  // Those that wait longest begin first, so that the others run beside them.
  const together = rows.filter(({ alone }) => !alone).sort((a, b) => boundOf(b) - boundOf(a));
  await inParallel(together, AT_ONCE, run);
  await site.besides();
  // What fails in company may be the company's doing: it is asked once more by itself, and both are told.
  const again = together.filter(({ id }) => results.get(id)?.verdict === 'fail');
  if (again.length > 0) await site.renew();
  for (const row of again) {
    const { reason } = results.get(row.id) as RowResult;
    await run(row);
    const second = results.get(row.id) as RowResult;
    if (second.verdict === 'pass')
      results.set(row.id, { ...second, reason: `${second.reason}; beside other rows it failed: ${reason}` });
  }
  const alone = rows.filter((row) => row.alone).sort((a, b) => Number(a.last ?? false) - Number(b.last ?? false));
  await inParallel(alone, 1, run);
  return rows.map(({ id }) => results.get(id) as RowResult);
}

function whyNot({ needs, length }: FaultRow, target: boolean, long: boolean): Finding | undefined {
  if (length === 'long' && !long) return notRun('long: run with --long');
  if (needs.includes('own-gateway') && target) return notRun('starts, stops or configures the gateway itself');
  if (needs.includes('linux') && process.platform !== 'linux') return notRun('wants Linux');
  return undefined;
}

async function runRow(row: FaultRow, site: Site): Promise<Finding> {
  const bench = new Bench(site);
  let timer: NodeJS.Timeout | undefined;
  const bound = boundOf(row) * 1000;
  const hung = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => resolve(fail(`hung: no end within ${bound / 1000} s`)), bound);
  });
  const found = await Promise.race([row.run(bench).catch(judgeThrown), hung]);
  clearTimeout(timer);
  await Promise.race([bench.close(), new Promise((resolve) => setTimeout(resolve, CLOSE_WITHIN_MS).unref())]);
  return found;
}

function boundOf({ boundSeconds = BOUND_SECONDS }: FaultRow): number {
  return boundSeconds * PATIENCE;
}

function judgeThrown(thrown: unknown): Finding {
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  return thrown instanceof NotRun ? notRun(words) : fail(words.replaceAll(/\s+/g, ' ').slice(0, 400));
}

async function inParallel<Item>(items: readonly Item[], width: number, work: (item: Item) => Promise<void>): Promise<void> {
  const queue = [...items];
  const lane = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: width }, lane));
}
