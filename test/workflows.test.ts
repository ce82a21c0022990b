import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { parseDocument } from 'yaml';
import { GROUPS } from '../loadtest/cli/groups.js';

const FOLDER = '.github/workflows';

interface Workflow {
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  jobs: Record<string, { 'runs-on': string; 'timeout-minutes'?: number; steps: { run?: string; uses?: string }[] }>;
}

async function workflow(name: string): Promise<Workflow> {
  const document = parseDocument(await readFile(join(FOLDER, name), 'utf8'), { strict: true, uniqueKeys: true });
  if (document.errors.length > 0 || document.warnings.length > 0)
    throw new Error(String([...document.errors, ...document.warnings]));
  return document.toJS() as Workflow;
}

test('every workflow is sound YAML, may only read, has a time limit, and each step either runs or uses something', async (t) => {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.yml'));
  t.ok(names.includes('ci.yml') && names.includes('loadtest.yml'));
  for (const name of names) {
    const { on, permissions, jobs } = await workflow(name);
    t.same(permissions, { contents: 'read' }, name);
    t.ok(Object.keys(on).length > 0);
    for (const job of Object.values(jobs)) {
      t.type(job['runs-on'], 'string');
      t.ok((job['timeout-minutes'] ?? 999) <= 60);
      for (const step of job.steps) t.equal([step.run, step.uses].filter(Boolean).length, 1, JSON.stringify(step));
    }
  }
});

test('no text that others may choose stands inside a script', async (t) => {
  for (const name of await readdir(FOLDER))
    for (const { steps } of Object.values((await workflow(name)).jobs))
      for (const { run = '' } of steps) t.notMatch(run, /\$\{\{/, `${name}: ${run}`);
});

test('the load test of a pull request says only flags that the command has', async (t) => {
  const flags = GROUPS.flatMap(({ options }) => options).flatMap((option) => /--[\w-]+/.exec(option.flags) ?? []);
  const { steps } = (await workflow('loadtest.yml')).jobs['base-against-head'] ?? { steps: [] };
  const said = steps.flatMap(({ run = '' }) =>
    run.includes('npm run loadtest') ? (run.split(' -- ')[1]?.match(/--[\w-]+/g) ?? []) : [],
  );
  t.ok(said.includes('--base') && said.includes('--max-regression'));
  for (const flag of said) t.ok(flags.includes(flag), flag);
});
