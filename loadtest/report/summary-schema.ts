/** The published JSON Schema of `summary.json`, made from the types and their docstrings: `npm run docs`. */
import { join } from 'node:path';
import { createGenerator } from 'ts-json-schema-generator';

/** Where it lies in the project's folder. */
export const SCHEMA_FILE = join('loadtest', 'report', 'summary.schema.json');

/** The schema as text. Fields that are not in it are allowed: new ones do not bump the version. */
export function summarySchemaText(folder: string): string {
  const generator = createGenerator({
    path: join(folder, 'loadtest', 'report', 'kept-summary.ts'),
    tsconfig: join(folder, 'tsconfig.json'),
    type: 'KeptSummary',
    additionalProperties: true,
    skipTypeCheck: true,
    topRef: false,
  });
  return `${JSON.stringify({ title: 'Tidegate load test: summary.json', ...generator.createSchema('KeptSummary') }, null, 2)}\n`;
}
