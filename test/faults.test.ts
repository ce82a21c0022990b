/** The rows of the catalogue of faults that take little, by its own command: the built gateway before its wall, and not one row fails. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { CATALOGUE } from '../loadtest/faults/catalogue.js';
import { ROW_IDS } from '../loadtest/faults/families.js';
import type { RowResult } from '../loadtest/faults/run-rows.js';
import { distFolder } from './helpers/gateway.js';

/** They share one gateway and wait for no limit. */
const QUICK = 'U3,U8,U9,U11,U14,U16,U17,U18,U21,U27,C3,C12,H1,H2,H3,H4,H5,H6,H7,H8,H13,K1,K3,K4,K5,L5';

test('the catalogue has every row once, in order', async (t) => {
  const ids = CATALOGUE.map(({ id }) => id);
  t.equal(new Set(ids).size, ids.length, 'no id twice');
  const missing = ROW_IDS.filter((id) => !ids.includes(id));
  t.same(missing, [], 'rows that are missing');
  for (const { id, title, promise } of CATALOGUE) t.ok(title.length > 10 && promise.length > 20, `${id} says what it promises`);
});

test('what takes little is promised and kept', { timeout: 170_000 }, async (t) => {
  const file = join(t.testdir(), 'rows.json');
  const command = spawn(process.execPath, [join(distFolder(), 'faults.js'), '--only', QUICK, '--json', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FAULTS_PATIENCE: '8' },
  });
  t.teardown(() => command.kill('SIGTERM'));
  let output = '';
  for (const stream of [command.stdout, command.stderr]) stream.on('data', (piece: Buffer) => (output += piece.toString()));
  const [code] = await once(command, 'close');
  const results = JSON.parse(readFileSync(file, 'utf8')) as RowResult[];
  t.equal(results.length, QUICK.split(',').length, 'rows that were run');
  for (const { id, verdict, reason } of results) t.equal(verdict, 'pass', `${id}: ${reason}`);
  t.equal(code, 0, output);
});
