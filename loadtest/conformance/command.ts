/** `npm run conformance`: starts what is needed, runs the matrix, prints, writes. */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Column, runPeer } from './compare/compare.js';
import { renderComparison } from './compare/compare-table.js';
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
/** Beside the caches of other tools: not part of the project. */
const PEER_FOLDER = join('node_modules', '.cache', 'conformance');

/** Gives the exit code. `entry`: this command's own file, in the folder of the built programs. */
export async function conformanceCommand(wishes: ConformanceWishes, entry: string): Promise<number> {
  // What was started is killed on exit.
  process.on('SIGINT', () => process.exit(INTERRUPTED)).on('SIGTERM', () => process.exit(INTERRUPTED));
  const shape = shapeOf(wishes);
  const home = dirname(entry);
  const results = await measure(wishes, shape, home);
  console.log(renderText(results, shape));
  const columns = await compare(wishes, shape, results, home);
  if (columns.length > 1) console.log(`\n${renderComparison(shape.features, columns)}`);
  if (wishes.json) await writeFile(wishes.json, `${JSON.stringify(results, null, 2)}\n`);
  if (wishes.write) await writePage(results, shape, columns, join(home, '..'));
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

/** This gateway's column first; alone where nothing is compared. */
async function compare(wishes: ConformanceWishes, shape: Shape, results: CellResult[], home: string): Promise<Column[]> {
  const families = FAMILIES.slice(0, 1);
  const places = placesOf({ ...shape, families, sameOnly: false });
  const own: Column = { name: 'this gateway', results: results.filter(({ family }) => family === families[0]?.id) };
  const columns = [own];
  for (const name of wishes.compare) {
    console.log(`\n${name}…`);
    columns.push(await runPeer(name, places, home, join(home, '..', PEER_FOLDER)));
  }
  return columns;
}

async function writePage(results: CellResult[], shape: Shape, columns: Column[], root: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { devDependencies: Record<string, string> };
  const libraries = Object.fromEntries(LIBRARIES.map((name) => [name, manifest.devDependencies[name] ?? '?']));
  const file = join(root, 'docs', 'conformance.md');
  await writeFile(file, conformancePage(results, shape, columns, { node: process.versions.node, libraries }));
  console.log(`\nwritten: docs/conformance.md`);
}
