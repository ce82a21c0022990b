/** Writes the documents that are made from code: `npm run docs`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchmarksPage } from '../loadtest/bars/benchmarks-page.js';
import { readKeptRuns } from '../loadtest/bars/kept-runs.js';
import { SCHEMA_FILE, summarySchemaText } from '../loadtest/report/summary-schema.js';
import { jsonSchemaText, optionsText } from '../src/options/describe.js';

/** The project's folder, unless a test gives another. */
const folder = process.argv[2] ?? join(import.meta.dirname, '..');

writeFileSync(join(folder, 'config.schema.json'), jsonSchemaText());
writeFileSync(join(folder, SCHEMA_FILE), summarySchemaText(folder));
writeFileSync(join(folder, 'docs', 'options.md'), optionsText());
writeFileSync(join(folder, 'docs', 'benchmarks.md'), benchmarksPage(await readKeptRuns(folder)));
