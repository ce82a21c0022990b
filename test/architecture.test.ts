/** Arrows, rings, doors, purity and sizes of the whole project; then the rules themselves, shown to catch what they forbid. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';
import { findFaults, longest, readProject } from './architecture/check.js';
import { ARROWS, DOORS } from './architecture/rules.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const SCANNED = ['src', 'workers', 'loadtest', 'scripts'];

function readTexts(): Map<string, string> {
  const texts = new Map<string, string>();
  for (const folder of SCANNED.filter((name) => existsSync(join(ROOT, name)))) {
    for (const entry of readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      // A declaration file describes its door's library to the compiler and imports nothing at run time.
      if (!entry.isFile() || !/(?<!\.d)\.m?[jt]s$/.test(entry.name) || path.includes('node_modules')) continue;
      texts.set(relative(ROOT, path).split(sep).join('/'), readFileSync(path, 'utf8'));
    }
  }
  return texts;
}

test('the project keeps its arrows, doors, pure folders and sizes, and has no ring', async (t) => {
  const project = readProject(readTexts());
  t.ok(project.files.has('src/errors.ts'), 'the scan finds the source');
  const { files, functions } = longest(project);
  t.comment(`longest files: ${files.join(' · ')}`);
  t.comment(`longest functions: ${functions.join(' · ')}`);
  const faults = findFaults(project);
  t.equal(faults.length, 0, faults.join('\n') || 'no faults');
});

test('docs/architecture.md names every arrow and every door', async (t) => {
  const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
  for (const [area, targets] of Object.entries(ARROWS)) {
    const row = `| ${area} | ${targets.join(', ') || '–'} |`;
    t.ok(page.includes(row), `the arrows table has the row: ${row}`);
  }
  for (const [library, door] of Object.entries(DOORS)) {
    t.ok(page.includes(`| ${library} | \`${door.at}\``), `the doors table has ${library} at ${door.at}`);
  }
});

/** Faults of a small tree of files. */
function faultsOf(tree: Record<string, string>): string[] {
  return findFaults(readProject(new Map(Object.entries(tree))));
}

const lines = (count: number) => '  a();\n'.repeat(count);

test('a tree that keeps the rules has no fault', async (t) => {
  const faults = faultsOf({
    'src/primary.ts': "import { start } from './cluster/start.js';\nstart();",
    'src/cluster/start.ts':
      "import type { C } from '../config.js';\nimport { log } from '../log.js';\nexport function start(c?: C) { log(c); }",
    'src/config.ts': 'export interface C {}',
    'src/log.ts': "import pino from 'pino';\nexport const log = pino();",
    'src/store/memory.ts': "import { turn } from '../credential/turn.js';\nexport const x = turn();",
    'src/credential/turn.ts': "import { createHash } from 'node:crypto';\nexport const turn = () => createHash('sha256');",
    'src/store/memory.test.ts': "import { test } from 'tap';\nimport './memory.js';\ntest();",
    'loadtest/report/read.ts': "import type { C } from '../../src/config.js';\nexport type D = C;",
  });
  t.same(faults, []);
});

test('a ring is printed, whether values or only types close it', async (t) => {
  const values = faultsOf({
    'src/gateway/a.ts': "import { b } from './b.js';\nexport const a = () => b;",
    'src/gateway/b.ts': "import { c } from './c.js';\nexport const b = () => c;",
    'src/gateway/c.ts': "export { a as c } from './a.js';",
  });
  t.same(values, ['ring: src/gateway/a.ts -> src/gateway/b.ts -> src/gateway/c.ts -> src/gateway/a.ts']);
  const types = faultsOf({
    'src/gateway/a.ts': "import type { B } from './b.js';\nexport interface A { b: B }",
    'src/gateway/b.ts': "export interface B { a: import('./a.js').A }",
  });
  t.same(types, ['ring: src/gateway/a.ts -> src/gateway/b.ts -> src/gateway/a.ts']);
});

const ARROW_CASES: Record<string, [from: string, to: string, statement: string, fault: RegExp]> = {
  'an import against the arrows': [
    'src/store/a.ts',
    'src/gateway/b.ts',
    "import { b } from '../gateway/b.js';",
    /store may know .*not gateway/,
  ],
  'a type against the arrows': ['src/store/a.ts', 'src/gateway/b.ts', "import type { B } from '../gateway/b.js';", /not gateway/],
  'folders of one line': ['src/upstream/a.ts', 'src/metrics/b.ts', "export * from '../metrics/b.js';", /not metrics/],
  'a dynamic import': ['src/http/a.ts', 'src/admin/b.ts', "await import('../admin/b.js');", /not admin/],
  'words that know a part': ['src/errors.ts', 'src/http/b.ts', "import './http/b.js';", /words may know words, not http/],
  'the log in a pure folder': ['src/protocol/a.ts', 'src/log.ts', "import { log } from '../log.js';", /pure: it has no log/],
  'the mock and src': [
    'loadtest/mock/a.ts',
    'src/protocol/b.ts',
    "import type { B } from '../../src/protocol/b.js';",
    /shares no code/,
  ],
  'values of src in loadtest': [
    'loadtest/main.ts',
    'src/config.ts',
    "import { c } from '../src/config.js';",
    /types of src\/ only/,
  ],
  'the gateway and its load test': ['src/cluster/a.ts', 'loadtest/mock/b.ts', "import '../../loadtest/mock/b.js';", /not mock/],
  'a contract suite in code': [
    'src/store/a.ts',
    'src/store/contract.ts',
    "import './contract.js';",
    /not for the code that they test/,
  ],
};

for (const [what, [from, to, statement, fault]] of Object.entries(ARROW_CASES)) {
  test(`${what} is refused, with both files named`, async (t) => {
    const faults = faultsOf({ [from]: statement, [to]: 'export const b = 1;' });
    t.equal(faults.length, 1, faults.join('\n'));
    t.match(faults[0], fault);
    t.ok(faults[0]?.startsWith(`${from} -> ${to}: `));
  });
}

test('a pure folder may not import or use the outside', async (t) => {
  const impure = [
    'Date.now()',
    'new Date()',
    'process.env.X',
    'performance.now()',
    'console.log()',
    'setTimeout(a)',
    'Math.random()',
  ];
  for (const use of impure)
    t.match(faultsOf({ 'src/credential/a.ts': `export const b = ${use};` }), [/pure and may not use/], use);
  for (const module of ['node:fs', 'node:net', 'node:timers', 'node:process']) {
    t.match(faultsOf({ 'src/protocol/x/a.ts': `import '${module}';` }), [/pure and may not import/], module);
  }
  t.same(faultsOf({ 'src/protocol/a.ts': 'export const b = (state, at) => state.process.now(new Date(at));' }), []);
  t.same(faultsOf({ 'src/upstream/a.ts': 'export const b = Date.now();' }), []);
});

test('a library is imported by its one door', async (t) => {
  t.match(faultsOf({ 'src/gateway/a.ts': "import { request } from 'undici';" }), [
    /src\/gateway\/a\.ts: undici is imported by src\/upstream\/undici\.ts only/,
  ]);
  t.match(faultsOf({ 'src/http/a.ts': "import type { Context } from 'hono/tiny';" }), [
    /hono is imported by src\/http\/hono\.ts only/,
  ]);
  const two = { 'src/options/a.ts': "import 'zod';", 'src/options/b.ts': "import 'zod/mini';" };
  t.match(faultsOf(two), [/src\/options\/a\.ts, src\/options\/b\.ts: zod is imported by one file only/]);
  t.match(faultsOf({ 'src/gateway/a.ts': "import 'left-pad';" }), [/left-pad has no door/]);
});

test('long files and long functions are refused, in protocol/ earlier', async (t) => {
  const body = (count: number) => `export function long() {\n${lines(count)}}\n`;
  t.same(faultsOf({ 'src/gateway/a.ts': body(78) }), []);
  t.match(faultsOf({ 'src/gateway/a.ts': body(79) }), [/src\/gateway\/a\.ts:1: long has 81 lines, the most is 80/]);
  t.match(faultsOf({ 'src/protocol/a.ts': body(59) }), [/long has 61 lines, the most is 60/]);
  t.same(faultsOf({ 'src/gateway/a.ts': lines(400) }), []);
  t.match(faultsOf({ 'src/gateway/a.ts': lines(401) }), [/401 lines, the most is 400/]);
  t.same(faultsOf({ 'src/protocol/x/wire.ts': lines(401), 'src/gateway/a.test.ts': lines(401) }), []);
});

test('a file that no rule covers is refused', async (t) => {
  t.match(faultsOf({ 'src/misc/a.ts': '' }), [/src\/misc\/a\.ts: no rule says where it stands/]);
  t.match(faultsOf({ 'src/helpers.ts': '' }), [/no rule says where it stands/]);
});
