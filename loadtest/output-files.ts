import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { samplesCsv } from './report/samples-csv.js';
import type { Summary } from './result.js';

/** Writes `summary.json` and `samples.csv` into a folder of their own; gives its path. */
export async function writeResults(folder: string, summary: Summary): Promise<string> {
  const stamp = (summary.runs[0]?.startedAt ?? new Date().toISOString()).replace(/[:.]/g, '-');
  const place = join(folder, stamp);
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'summary.json'), `${JSON.stringify(summary, null, 1)}\n`);
  await writeFile(join(place, 'samples.csv'), samplesCsv(summary.runs));
  return place;
}
