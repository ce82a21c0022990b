/** `npm run conformance`: starts what is needed, runs the matrix, prints, writes. */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FAMILIES } from './families.js';
import { FEATURES } from './features/index.js';
import { CLIENTS } from './kinds.js';
import type { ConformanceWishes } from './options.js';
import { conformancePage } from './page.js';
import { placesOf, runMatrix } from './run-matrix.js';
import { directTarget, foreignTarget, type Site, startMockAlone, startSite } from './site.js';
import { counts, renderText, type Shape } from './table.js';
import { type CellResult, PROTOCOLS } from './words.js';

const LIBRARIES = ['openai', '@anthropic-ai/sdk', 'ai', '@ai-sdk/openai', '@ai-sdk/anthropic'];
const INTERRUPTED = 130;

/** Gives the exit code. `entry`: this command's own file, in the folder of the built programs. */
export async function conformanceCommand(wishes: ConformanceWishes, entry: string): Promise<number> {
  // What was started is killed on exit.
  process.on('SIGINT', () => process.exit(INTERRUPTED)).on('SIGTERM', () => process.exit(INTERRUPTED));
  const shape = shapeOf(wishes);
  const results = await measure(wishes, shape, dirname(entry));
  console.log(renderText(results, shape));
  if (wishes.json) await writeFile(wishes.json, `${JSON.stringify(results, null, 2)}\n`);
  if (wishes.write) await writePage(results, shape, join(dirname(entry), '..'));
  return counts(results).fail === 0 ? 0 : 1;
}

function shapeOf({ only, clients, families, upstreams }: ConformanceWishes): Shape {
  return {
    features: FEATURES.filter(({ id }) => only.includes(id)),
    clients: CLIENTS.filter(({ id }) => clients.includes(id)),
    families: FAMILIES.filter(({ id }) => families.includes(id)),
    upstreams: PROTOCOLS.filter((protocol) => upstreams.includes(protocol)),
  };
}

async function measure(wishes: ConformanceWishes, shape: Shape, home: string): Promise<CellResult[]> {
  const site = await siteOf(wishes, home);
  try {
    return await runMatrix(placesOf({ ...shape, sameOnly: wishes.direct }), site.target);
  } finally {
    await site.stop();
  }
}

async function siteOf({ target, key, models, direct, workers }: ConformanceWishes, home: string): Promise<Site> {
  if (target === undefined) return direct ? startMockAlone(home) : startSite(home, workers);
  const running = direct ? directTarget(target, key) : foreignTarget(target, key, models);
  return { target: running, stop: async () => {} };
}

async function writePage(results: CellResult[], shape: Shape, root: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { devDependencies: Record<string, string> };
  const libraries = Object.fromEntries(LIBRARIES.map((name) => [name, manifest.devDependencies[name] ?? '?']));
  const file = join(root, 'docs', 'conformance.md');
  await writeFile(file, conformancePage(results, shape, { node: process.versions.node, libraries }));
  console.log(`\nwritten: docs/conformance.md`);
}
