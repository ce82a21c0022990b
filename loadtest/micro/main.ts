/** `npm run bench -- <name> [--json]`: what single functions cost. Without a name: the list; `all`: every bench of functions. */
import type { Case } from './measure.js';

/** Of functions, mirroring `src/`: nanoseconds a call. */
const FUNCTIONS: Record<string, () => Promise<{ cases: readonly Case[] }>> = {
  'chat-stream-observer': () => import('./protocol/chat-stream-observer.js'),
  'json-scan': () => import('./protocol/json-scan.js'),
  sse: () => import('./protocol/sse.js'),
  conversion: () => import('./protocol/conversion.js'),
  authenticate: () => import('./gateway/authenticate.js'),
  session: () => import('./gateway/session.js'),
  ledger: () => import('./credential/ledger.js'),
  sessions: () => import('./credential/sessions.js'),
  strictness: () => import('./http/strictness.js'),
  'chunked-body': () => import('./upstream/chunked-body.js'),
};

/** Of more than a function, with a table of their own. */
const OTHERS: Record<string, () => Promise<{ run(): Promise<void> }>> = {
  'response-reader': () => import('./response-reader.js'),
  store: () => import('./store.js'),
  'store-worker': () => import('./store-worker.js'),
};

const asked = process.argv.slice(2);
const json = asked.includes('--json');
const names = asked.filter((argument) => argument !== '--json');
const chosen = names.includes('all') ? Object.keys(FUNCTIONS) : names;
const unknown = chosen.filter((name) => !(name in FUNCTIONS) && !(name in OTHERS));

if (chosen.length === 0 || unknown.length > 0) {
  console.error(`Which one? all, ${[...Object.keys(FUNCTIONS), ...Object.keys(OTHERS)].join(', ')}`);
  process.exitCode = names.length === 0 ? 0 : 64;
} else for (const name of chosen) await (FUNCTIONS[name] ? timeFunctions(name) : OTHERS[name]?.().then(({ run }) => run()));

async function timeFunctions(name: string): Promise<void> {
  const { measure } = await import('./measure.js');
  const { cases } = (await FUNCTIONS[name]?.()) ?? { cases: [] };
  if (!json) console.log(`\n| ${name} | median ns | best ns | ± of half |\n|---|---|---|---|`);
  for (const each of cases) {
    const timing = await measure(each);
    const { median, best, spread } = timing;
    if (json) console.log(JSON.stringify({ bench: name, node: process.version, ...timing }));
    else console.log(`| ${timing.name} | ${median.toFixed(0)} | ${best.toFixed(0)} | ${(spread * 100).toFixed(1)} % |`);
  }
}
