/**
 * A module loaded into every process of a gateway (`NODE_OPTIONS=--import`), by which a row makes a fault strike inside:
 * a signal that Node ignores throws, blocks, hoards memory or moves the clock. Nothing of it is in the gateway.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../bench.js';

export type InnerFault =
  | 'throw'
  | 'reject'
  | 'block'
  | 'hoard'
  | 'hold'
  | 'clock-forward'
  | 'clock-back'
  | 'collect'
  | 'die-at-boot'
  | 'spin-at-boot';

/** By which signal it strikes; at once without one. */
const CODE: Readonly<Record<InnerFault, string>> = {
  throw: "on(() => setImmediate(() => { throw new Error('injected: thrown'); }));",
  reject: "on(() => { Promise.reject(new Error('injected: rejected')); });",
  block: 'on(() => { const end = Date.now() + 3000; while (Date.now() < end); });',
  hoard: 'on(() => { const held = []; for (;;) held.push(new Array(1e6).fill({})); });',
  hold: 'let held; on(() => { held = Array.from({ length: 3e6 }, (_, i) => ({ i })); setTimeout(() => { held = undefined; globalThis.gc?.(); }, 2500); });',
  // Everything that can be collected is, and what keeps the loop alive is said.
  collect:
    "on(() => { for (let i = 0; i < 3; i++) globalThis.gc?.(); const kinds = {}; for (const kind of process.getActiveResourcesInfo()) kinds[kind] = (kinds[kind] ?? 0) + 1; console.error('resources ' + process.pid + ' ' + JSON.stringify(kinds)); });",
  'clock-forward': 'move(3_600_000);',
  'clock-back': 'move(-3_600_000);',
  'die-at-boot': "if (cluster.isWorker) { console.error('injected: dies at boot'); process.exit(9); }",
  'spin-at-boot': 'if (cluster.isWorker) for (;;);',
};

const HEAD = `import cluster from 'node:cluster';
const on = (strike) => process.on('SIGWINCH', strike);
const move = (by) => { const now = Date.now.bind(Date); const Real = Date; let off = 0; on(() => { off += by; });
  globalThis.Date = class extends Real { constructor(...words) { words.length ? super(...words) : super(now() + off); } static now() { return now() + off; } }; };
`;

/** The environment of a gateway with this way in. Strikes a process at `SIGWINCH`. */
export function wayIn(bench: Bench, fault: InnerFault, ...flags: string[]): NodeJS.ProcessEnv {
  const file = join(bench.folder(), `${fault}.mjs`);
  writeFileSync(file, HEAD + CODE[fault]);
  return { NODE_OPTIONS: [`--import=file://${file}`, ...flags].join(' ') };
}
