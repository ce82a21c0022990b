/** Runs kept in the repository: one file per day, Node version and commit, written again with each row that is added. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BARS_SCHEMA_VERSION, type BarsRun, type Machine, type Pace } from './figure.js';

/** Where they lie, from the project's folder. */
export const KEPT_FOLDER = 'loadtest/baselines/bars';

/** Writes a run, or adds its rows to that of the same day, version and commit; gives the file. */
export async function keepRun(root: string, run: BarsRun): Promise<string> {
  const folder = join(root, KEPT_FOLDER);
  await mkdir(folder, { recursive: true });
  const file = join(folder, keptName(run));
  const before = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as BarsRun) : undefined;
  await writeFile(file, `${JSON.stringify(before ? mergeRuns(before, run) : run, null, 1)}\n`);
  return file;
}

/** All kept runs, the oldest first; none when there is no folder. Throws on one of another schema. */
export async function readKeptRuns(root: string): Promise<BarsRun[]> {
  const folder = join(root, KEPT_FOLDER);
  if (!existsSync(folder)) return [];
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const runs = await Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as BarsRun));
  const strange = runs.find((run) => run.schemaVersion !== BARS_SCHEMA_VERSION);
  if (strange)
    throw new Error(`${KEPT_FOLDER} holds a run of schema ${strange.schemaVersion}; this program reads ${BARS_SCHEMA_VERSION}`);
  return runs.sort((a, b) => a.startedAt.localeCompare(b.startedAt));
}

/** `2026-11-21-node20.20.2-c3994ff.json`; a working tree that differs from its commit is called dirty, another source is named. */
export function keptName({ startedAt, machine, source }: BarsRun): string {
  return `${startedAt.slice(0, 10)}-node${machine.gatewayNode.replace(/^v/, '')}-${machine.commit.replace('+', '-dirty')}${source === 'bars' ? '' : `-${source}`}.json`;
}

/** A later run's rows take the place of the earlier one's; what else the later one says stands for both. */
export function mergeRuns(earlier: BarsRun, later: BarsRun): BarsRun {
  const fresh = new Set(later.figures.map((figure) => figure.id));
  const problems = new Set([...earlier.problems, ...later.problems]);
  return {
    ...later,
    startedAt: earlier.startedAt,
    command: [...new Set([earlier.command, later.command])].join(' · '),
    pace: shorter(earlier.pace, later.pace),
    machine: { ...later.machine, ...worstOf(earlier.machine, later.machine) },
    figures: [...earlier.figures.filter((figure) => !fresh.has(figure.id)), ...later.figures],
    problems: [...problems],
  };
}

function shorter(one: Pace, other: Pace): Pace {
  return {
    rounds: Math.min(one.rounds, other.rounds),
    windowSeconds: Math.min(one.windowSeconds, other.windowSeconds),
    settleSeconds: Math.min(one.settleSeconds, other.settleSeconds),
  };
}

/** Whoever reads the figures must not think the machine quieter than it was. */
function worstOf(one: Machine, other: Machine): Pick<Machine, 'load' | 'stealPercent'> {
  const loads = [one.load, other.load].filter((load) => load !== undefined);
  const load: Machine['load'] = [Math.max(...loads.map(([before]) => before)), Math.max(...loads.map(([, after]) => after))];
  return { load: loads.length > 0 ? load : undefined, stealPercent: Math.max(one.stealPercent, other.stealPercent) };
}
