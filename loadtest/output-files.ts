import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLine } from './command-line.js';
import { roundSuite } from './report/round-suite.js';
import { writeReports } from './report/suite-files.js';
import type { Summary } from './result.js';

/** Writes `summary.json` and the reports made of it into a folder of their own; gives its path. */
export async function writeResults(folder: string, given: Summary, args = process.argv.slice(2)): Promise<string> {
  const stamp = (given.runs[0]?.startedAt ?? new Date().toISOString()).replace(/[:.]/g, '-');
  const place = join(folder, stamp);
  const summary: Summary = { ...given, command: commandLine(args) };
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'summary.json'), `${JSON.stringify(summary, null, 1)}\n`);
  await writeReports(place, roundSuite(summary));
  return place;
}
