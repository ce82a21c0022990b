import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EXIT } from './exit.js';
import { makeSummary, renderReport } from './report/report.js';
import { roundSuite } from './report/round-suite.js';
import { writeReports, writtenLine } from './report/suite-files.js';
import { renderSuite } from './report/suite-text.js';
import type { Summary } from './result.js';
import { renderScaling } from './scaling/report.js';
import type { ScalingRecord } from './scaling/words.js';
import type { SuiteSummary } from './scenarios/findings.js';
import { checkLines } from './thresholds/lines.js';

/** Prints the tables of a kept `summary.json` or `scaling.json` anew, and makes the other files of a summary anew beside it. */
export async function reportCommand(file: string): Promise<number> {
  const kept = JSON.parse(await readFile(file, 'utf8')) as Summary | SuiteSummary | ScalingRecord;
  if (kept.schemaVersion !== 1) throw new Error(`${file} has schema version ${kept.schemaVersion}; this program reads 1`);
  if ('kind' in kept && kept.kind === 'scaling') {
    console.log(renderScaling(kept));
    return EXIT.ok;
  }
  const suite = 'kind' in kept ? kept : roundSuite(judgedAnew(kept));
  const { isTTY, columns = 120 } = process.stdout;
  const color = isTTY === true && !process.env.NO_COLOR;
  console.log('kind' in kept ? renderSuite(kept, { color, columns }) : reportText(judgedAnew(kept)));
  await writeReports(dirname(file), suite);
  console.log(`\n${writtenLine(dirname(file))}`);
  return EXIT.ok;
}

/** What this program thinks of the raw runs, whatever the one that wrote them thought. */
function judgedAnew(summary: Summary): Summary {
  return { ...summary, ...makeSummary(summary.environment, summary.runs) };
}

/** Title and thresholds first: they are what most readers came for. */
export function reportText(summary: Summary): string {
  const { title, thresholds = [] } = summary;
  const head = [...(title === undefined ? [] : [title]), ...checkLines(thresholds)];
  return [...(head.length > 0 ? [head.join('\n')] : []), renderReport(summary)].join('\n\n');
}
