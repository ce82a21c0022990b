import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { jsonSchemaText, optionsText } from './describe.js';
import { loadOptions } from './index.js';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

test('npm run docs leaves no difference', (t) => {
  t.equal(read('config.schema.json'), jsonSchemaText());
  t.equal(read('docs/options.md'), optionsText());
  t.end();
});

test('the example is right once its environment is set, and says which variables are not', (t) => {
  const names = ['ADMIN_KEY', 'APP_KEY', 'OPENAI_KEY_1', 'OPENAI_KEY_2', 'ANTHROPIC_KEY'];
  const env = Object.fromEntries(names.map((name) => [name, `value-of-${name}-long`]));
  const input = { argv: ['--config', join(root, 'tidegate.example.yaml')], availableParallelism: 2 };
  t.match(loadOptions({ ...input, env }), { kind: 'ok', warnings: [] });
  const unset = loadOptions({ ...input, env: {} });
  t.equal(unset.kind === 'faults' && unset.faults.length, names.length);
  t.end();
});
