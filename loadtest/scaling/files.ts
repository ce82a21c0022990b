import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderScaling } from './report.js';
import { svgChart } from './svg-chart.js';
import type { ScalingRecord } from './words.js';

/** Writes `scaling.json`, `scaling.txt` and `scaling.svg` into a folder of their own; gives its path. */
export async function writeScaling(folder: string, record: ScalingRecord): Promise<string> {
  const begun = record.points[0]?.run.startedAt ?? new Date().toISOString();
  const place = join(folder, begun.replace(/[:.]/g, '-'));
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'scaling.json'), `${JSON.stringify(record, null, 1)}\n`);
  await writeFile(join(place, 'scaling.txt'), `${renderScaling(record)}\n`);
  await writeFile(join(place, 'scaling.svg'), svgChart(record));
  return place;
}
