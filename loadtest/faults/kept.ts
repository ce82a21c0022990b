/** Findings of long rows, kept in the repository: they take hours, so each is run when somebody has them, and what was seen stays. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Finding } from './row.js';

/** From the project's folder. */
const KEPT_FILE = 'loadtest/baselines/faults-long.json';

export interface KeptFinding extends Finding {
  readonly id: string;
  readonly title: string;
  /** UTC. */
  readonly day: string;
  readonly commit: string;
  readonly node: string;
  readonly seconds: number;
  /** `--minutes` or `--scale` where it was given. */
  readonly extent: string;
}

/** By id; none where none were kept. */
export async function readKept(root: string): Promise<KeptFinding[]> {
  const file = join(root, KEPT_FILE);
  return existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as KeptFinding[]) : [];
}

/** Each in the place of the one before of its row. Gives all that are kept now. */
export async function keep(root: string, fresh: readonly KeptFinding[]): Promise<KeptFinding[]> {
  const ids = new Set(fresh.map(({ id }) => id));
  const older = (await readKept(root)).filter(({ id }) => !ids.has(id));
  const all = [...older, ...fresh].sort((a, b) => a.id.localeCompare(b.id));
  const file = join(root, KEPT_FILE);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(all, null, 2)}\n`);
  return all;
}
