import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type AnySchemaObject } from 'ajv';
import { test } from 'tap';
import type { Summary } from '../result.js';
import { makeSummary } from './report.js';
import { SAMPLE_ENVIRONMENT, sampleRun, sampleSuite } from './testing.js';

const schema = JSON.parse(readFileSync(join(import.meta.dirname, 'summary.schema.json'), 'utf8')) as AnySchemaObject;

/** What the schema lets pass as "more than I know" is refused here: a field that the types have and the schema lacks is a fault. */
function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed);
  if (typeof part !== 'object' || part === null) return part;
  const inner = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, closed(value)]));
  return 'properties' in inner ? { ...inner, additionalProperties: false } : inner;
}

const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(closed(schema) as AnySchemaObject);

/** As it comes back from the file. */
function faultsOf(summary: object): string {
  validate(JSON.parse(JSON.stringify(summary)));
  return (validate.errors ?? [])
    .map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`)
    .join('\n');
}

function rounds(): Summary {
  const runs = [1, 2].map((repeat) => ({ ...sampleRun('cluster ×4'), plan: { ...sampleRun('cluster ×4').plan, repeat } }));
  return makeSummary(SAMPLE_ENVIRONMENT, runs, ['a note']);
}

test('what is written is what the published schema says, and nothing more; npm run docs makes it anew', async (t) => {
  t.equal(faultsOf(sampleSuite()), '');
  t.equal(faultsOf(rounds()), '');
});

test('the schema refuses what is no summary', async (t) => {
  const suite = sampleSuite();
  t.not(faultsOf({ ...suite, schemaVersion: 2 }), '');
  t.not(faultsOf({ ...suite, scenarios: [{ ...suite.scenarios[0], outcome: 'fine' }] }), '');
  t.not(faultsOf({ ...suite, scenarios: [{ ...suite.scenarios[0], checks: [{ promise: 'x', ok: 'yes', actual: '' }] }] }), '');
  t.not(faultsOf({ ...rounds(), runs: undefined }), '');
});
