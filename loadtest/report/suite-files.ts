import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ScalingRecord } from '../scaling/words.js';
import type { SuiteSummary } from '../scenarios/findings.js';
import { readPageAssets } from './html/page-assets.js';
import { reportPage } from './html/report-page.js';
import { junitXml } from './junit-xml.js';
import { timeseriesCsv } from './timeseries-csv.js';

/** What lies beside `summary.json`. */
export const REPORT_FILES = ['report.html', 'timeseries.csv', 'junit.xml'] as const;

/** The last line on the terminal: where everything lies. */
export function writtenLine(place: string): string {
  return `written: ${place}/ summary.json, ${REPORT_FILES.join(', ')}`;
}

/** Writes all files of a suite into a folder of their own below `folder`; gives its path. */
export async function writeSuite(folder: string, summary: SuiteSummary): Promise<string> {
  const place = join(folder, summary.startedAt.replace(/[:.]/g, '-'));
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'summary.json'), `${JSON.stringify(summary, null, 1)}\n`);
  await writeReports(place, summary);
  return place;
}

/**
 * The files that are made from `summary.json` alone, beside it: of a suite just run, or of a kept one anew. One that
 * cannot be made is said on standard error: the run and its numbers must not be lost for it.
 */
export async function writeReports(place: string, summary: SuiteSummary): Promise<void> {
  const scaling = await scalingBeside(place);
  await write(place, 'timeseries.csv', () => timeseriesCsv(summary.scenarios));
  await write(place, 'junit.xml', () => junitXml(summary));
  await write(place, 'report.html', () => reportPage(summary, readPageAssets(), scaling));
}

async function write(place: string, name: (typeof REPORT_FILES)[number], make: () => string): Promise<void> {
  try {
    await writeFile(join(place, name), make());
  } catch (error) {
    console.error(`${name} could not be written: ${(error as Error).message}`);
  }
}

/** `scaling.json` in the same folder, else the newest among the results beside it. A file that is none is passed over. */
async function scalingBeside(place: string): Promise<ScalingRecord | undefined> {
  const beside = dirname(place);
  const folders = await readdir(beside).catch((): string[] => []);
  for (const folder of [
    place,
    ...folders
      .sort()
      .reverse()
      .map((name) => join(beside, name)),
  ]) {
    const text = await readFile(join(folder, 'scaling.json'), 'utf8').catch(() => undefined);
    const record = text === undefined ? undefined : parsed(text);
    if (record?.kind === 'scaling' && record.schemaVersion === 1) return record;
  }
  return undefined;
}

function parsed(text: string): ScalingRecord | undefined {
  try {
    return JSON.parse(text) as ScalingRecord;
  } catch {
    return undefined;
  }
}
