/**
 * Which folder may know which, and which file is the door to which library. The tables of docs/architecture.md
 * say the same; the test holds them together.
 */

/** The words that the parts are spoken in: types, errors and the log. Everyone may use them, and they each other. */
export const WORDS = [
  'src/config.ts',
  'src/errors.ts',
  'src/log.ts',
  'src/log-sink.ts',
  'src/redaction.ts',
  'src/stderr.ts',
  'src/messages.ts',
  'src/usage.ts',
  'src/credential/types.ts',
  'src/limits/types.ts',
  'src/store/store.ts',
] as const;

/** Area → areas that it may import. An area is an entry file or a folder; its own files and WORDS are always allowed. */
export const ARROWS: Readonly<Record<string, readonly string[]>> = {
  entries: ['cluster', 'http', 'admin', 'options', 'gateway', 'credential', 'protocol', 'upstream', 'store', 'metrics'],
  cluster: ['gateway', 'credential', 'protocol', 'upstream', 'store', 'metrics'],
  http: ['gateway', 'credential', 'protocol', 'upstream', 'store', 'metrics', 'threads'],
  admin: ['http', 'gateway', 'credential', 'protocol', 'upstream', 'store', 'metrics'],
  options: ['gateway', 'credential', 'protocol', 'upstream', 'store', 'metrics'],
  gateway: ['credential', 'limits', 'protocol', 'upstream', 'store', 'metrics', 'threads'],
  store: ['credential', 'limits'],
  credential: ['limits'],
  limits: [],
  protocol: [],
  upstream: [],
  metrics: [],
  words: [],
  threads: ['protocol'],
  workers: ['protocol', 'threads'],
  scripts: ['options', 'loadtest'],
  loadtest: ['mock'],
  micro: ['loadtest', 'mock', 'http', 'gateway', 'credential', 'protocol', 'upstream', 'store', 'metrics', 'threads'],
  mock: [],
  reference: [],
};

/** Areas that may use of `src/` the types only: they judge the gateway and must not run its code. */
export const TYPES_ONLY = ['loadtest'] as const;

/** Areas without sockets, clock, environment or log: what they need to know is passed in. */
export const PURE = ['protocol', 'credential', 'limits'] as const;

/** Node modules that have no outside: hashing is arithmetic. */
export const PURE_NODE_MODULES = ['node:crypto', 'node:buffer'] as const;

/** Outside libraries that are arithmetic too. */
export const PURE_LIBRARIES = ['tokenx'] as const;

/** Words that a pure area may not use. */
export const IMPURE_WORDS = ['src/log.ts', 'src/log-sink.ts', 'src/stderr.ts'] as const;

export interface Door {
  /** The one file, or a folder (with a slash at its end) of which one file may. */
  readonly at: string;
  readonly reason: string;
}

export const DOORS: Readonly<Record<string, Door>> = {
  hono: { at: 'src/http/hono.ts', reason: 'routes are a list; the request handling behind them does not depend on the router' },
  '@hono/node-server': { at: 'src/admin/hono-node.ts', reason: 'web requests and responses are for the admin port alone' },
  undici: { at: 'src/upstream/undici.ts', reason: 'one place owns pools, time-outs and what a connection error means' },
  ioredis: { at: 'src/store/redis-client.ts', reason: 'one place owns reconnecting, clusters, sentinels and the time limit' },
  'prom-client': { at: 'src/metrics/registry.ts', reason: 'metrics are declared once, counted elsewhere by name' },
  piscina: { at: 'src/threads/piscina-pool.ts', reason: 'one place owns how many threads there are and what their death means' },
  zod: { at: 'src/options/', reason: 'the configuration leaves options/ as plain frozen values' },
  yaml: { at: 'src/options/yaml.ts', reason: 'positions of faults in the file are known only there' },
  pino: { at: 'src/log.ts', reason: 'whatever leaves as text passes one redaction' },
  autocannon: { at: 'loadtest/engine/drive.ts', reason: 'its traps with streams are guarded in one place' },
  'hdr-histogram-js': { at: 'loadtest/engine/', reason: 'percentiles are computed one way' },
  commander: { at: 'loadtest/', reason: 'the command line is read once, into plain options' },
  tokenx: { at: 'src/protocol/tokens/estimate.ts', reason: 'one way to guess what no upstream has counted' },
  openai: { at: 'loadtest/conformance/clients/openai.ts', reason: 'the official clients judge the gateway from outside' },
  '@anthropic-ai/sdk': {
    at: 'loadtest/conformance/clients/anthropic.ts',
    reason: 'the official clients judge the gateway from outside',
  },
  ai: { at: 'loadtest/conformance/clients/ai.ts', reason: 'the official clients judge the gateway from outside' },
  '@ai-sdk/openai': { at: 'loadtest/conformance/clients/ai.ts', reason: 'the official clients judge the gateway from outside' },
  '@ai-sdk/anthropic': {
    at: 'loadtest/conformance/clients/ai.ts',
    reason: 'the official clients judge the gateway from outside',
  },
  tinybench: { at: 'loadtest/micro/measure.ts', reason: 'one way to warm up, batch and sum up' },
  'string-width': { at: 'loadtest/report/text-table.ts', reason: 'one answer to how wide a text is on a terminal' },
  'ts-json-schema-generator': {
    at: 'loadtest/report/summary-schema.ts',
    reason: 'the published schema is made from the types, in one place',
  },
  uplot: { at: 'loadtest/report/page/uplot.ts', reason: 'charts are data everywhere else; one place draws them' },
  esbuild: { at: 'scripts/build.mjs', reason: 'the build is one script' },
};

/** Most lines. Wire types, fixtures and tests are apart. */
export const LIMITS = { file: 400, function: 80, pureFunction: 60 } as const;

/** The area that a file belongs to; undefined for one that no rule covers, which is a fault itself. */
export function areaOf(path: string): string | undefined {
  if ((WORDS as readonly string[]).includes(path)) return 'words';
  if (/^src\/[^/]+$/.test(path)) return /^src\/(start|primary|worker)\.ts$/.test(path) ? 'entries' : undefined;
  const inner = /^(?:src|loadtest)\/([^/]+)\//.exec(path)?.[1];
  if (path.startsWith('src/')) return inner && inner in ARROWS ? inner : undefined;
  if (path.startsWith('loadtest/')) return inner === 'mock' || inner === 'micro' || inner === 'reference' ? inner : 'loadtest';
  return /^(workers|scripts)\//.exec(path)?.[1];
}
