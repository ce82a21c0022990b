/** Style and scripts of the pages, as the build leaves them in `report-page/`: beside the bundle, or for a source file in the build's folder. */
import { existsSync, readFileSync } from 'node:fs';

export interface PageAssets {
  css: string;
  /** Draws the charts of a report. */
  report: string;
  /** Follows a run. */
  live: string;
}

const PLACES = ['./report-page/', '../report-page/', `../../../${process.env.TIDEGATE_DIST ?? 'dist'}/report-page/`];

export function readPageAssets(): PageAssets {
  const folder = PLACES.map((path) => new URL(path, import.meta.url)).find((url) => existsSync(new URL('report.js', url)));
  if (folder === undefined)
    throw new Error('The files of the report page are missing beside the program (npm run build makes them).');
  const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
  return { css: read('report.css'), report: read('report.js'), live: read('live.js') };
}
