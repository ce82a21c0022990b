// Bundles each entry into one file of dist/: one file to read starts faster than hundreds (docs/decisions/0002-bundle.md).
import { existsSync } from 'node:fs';
import { cp, readFile, rm } from 'node:fs/promises';
import { build } from 'esbuild';

/** Bundle name → source. Workers load only what serves requests; admin and options stay with the primary. */
const ENTRIES = {
  primary: 'src/start.ts',
  'primary-main': 'src/primary.ts',
  worker: 'src/worker.ts',
  'thread-tasks': 'workers/main.ts',
  mock: 'loadtest/mock/main.ts',
  'load-agent': 'loadtest/probe/agent.ts',
  loadtest: 'loadtest/main.ts',
  bench: 'loadtest/micro/main.ts',
  bars: 'loadtest/bars/main.ts',
  conformance: 'loadtest/conformance/main.ts',
  faults: 'loadtest/faults/main.ts',
  conventional: 'loadtest/reference/conventional/main.ts',
  'write-docs': 'scripts/write-docs.ts',
};

/** Loaded from node_modules at run time: piscina starts a file of its own, autocannon and the client libraries are for runs only. */
const EXTERNAL = [
  'piscina',
  'autocannon',
  'hdr-histogram-js',
  'openai',
  '@anthropic-ai/sdk',
  'ai',
  '@ai-sdk/*',
  'ts-json-schema-generator',
];

/**
 * These are taken by require: a static `import` reads every name that a module of Node offers, and `http` offers
 * WebSocket, which loads the whole of fetch (Node 24 and 26: 45 ms CPU a process before the first request; the others 4).
 */
const requiredBuiltins = {
  name: 'required-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:(?:http|fs|util)$/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'builtin', sideEffects: false } : undefined,
    );
    onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({ contents: `module.exports = require('${path}');` }));
  },
};

const outdir = process.env.TIDEGATE_DIST ?? 'dist';
const present = Object.fromEntries(Object.entries(ENTRIES).filter(([, source]) => existsSync(source)));
await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints: present,
  outdir,
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20.18',
  external: EXTERNAL,
  plugins: [requiredBuiltins],
  sourcemap: 'linked',
  legalComments: 'linked',
  // Bundled CommonJS packages call require() for Node's own modules.
  banner: {
    js: "import { createRequire as tidegateRequire } from 'node:module'; const require = tidegateRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
// The dashboard is served as it is written; assets.ts finds it beside the bundle.
await cp('src/admin/page', `${outdir}/page`, { recursive: true });

// Style and scripts of the load test's pages, which are put whole into each page (loadtest/report/html/page-assets.ts).
await build({
  entryPoints: ['report.ts', 'live.ts', 'report.css'].map((name) => `loadtest/report/page/${name}`),
  outdir: `${outdir}/report-page`,
  bundle: true,
  minify: true,
  format: 'iife',
  platform: 'browser',
  target: 'chrome123',
  // The library's licence asks to stand wherever the library does.
  banner: { js: `/*! uPlot: ${(await readFile('node_modules/uplot/LICENSE', 'utf8')).trim()} */` },
  logLevel: 'warning',
});
