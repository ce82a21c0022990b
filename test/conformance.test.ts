/** The whole conformance matrix, by its own command: official client libraries through the built gateway, and not one cell fails. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import type { CellResult } from '../loadtest/conformance/words.js';
import { distFolder } from './helpers/gateway.js';

test('every client is served by every upstream, feature by feature', { timeout: 170_000 }, async (t) => {
  const file = join(t.testdir(), 'cells.json');
  const command = spawn(process.execPath, [join(distFolder(), 'conformance.js'), '--json', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => command.kill('SIGTERM'));
  let output = '';
  for (const stream of [command.stdout, command.stderr]) stream.on('data', (piece: Buffer) => (output += piece.toString()));
  const [code] = await once(command, 'close');
  const cells = JSON.parse(readFileSync(file, 'utf8')) as CellResult[];
  t.ok(cells.length > 1000, `${cells.length} cells`);
  for (const { feature, family, client, upstream, outcome, note } of cells)
    t.not(outcome, 'fail', `${feature} (${family}): ${client} → ${upstream}${note ? ` (${note})` : ''}`);
  t.equal(code, 0, output);
});
