import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SuiteSummary } from '../scenarios/findings.js';

/** Writes all files of a suite into a folder of their own below `folder`; gives its path. */
export async function writeSuite(folder: string, summary: SuiteSummary): Promise<string> {
  const place = join(folder, summary.startedAt.replace(/[:.]/g, '-'));
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'summary.json'), `${JSON.stringify(summary, null, 1)}\n`);
  return place;
}
