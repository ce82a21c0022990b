import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test } from 'tap';
import { configText, type FileWish } from './file.js';
import { KINDS, keyPrefix, sectionsOf } from './kinds.js';

const PRIMARY = join(process.env.TIDEGATE_DIST ?? 'dist', 'primary.js');
const WISH: FileWish = {
  ...{ mocks: ['http://127.0.0.1:9001', 'http://127.0.0.1:9002'], instances: 3, credentials: 100, port: 8080 },
  clientKey: 'sk-loadtest-client-0123456789',
};

test('the gateway accepts every kind of config', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'load-configs-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  for (const kind of KINDS) {
    const file = join(folder, `${kind}.yaml`);
    await writeFile(file, configText(kind, WISH));
    await t.resolves(promisify(execFile)(process.execPath, [PRIMARY, '--config', file, '--check']), kind);
  }
});

test('many instances of each protocol have their keys each, told apart by what they begin with', async (t) => {
  const { upstreams } = sectionsOf('many', WISH);
  t.equal(upstreams.length, 6);
  t.strictSame(new Set(upstreams.map(({ protocol }) => protocol)), new Set(['openai', 'anthropic']));
  const prefixes = upstreams.map(({ credentials }) => credentials[0]?.prefix);
  t.strictSame(
    prefixes,
    upstreams.map(({ name }) => keyPrefix(name)),
  );
  t.equal(new Set(prefixes).size, 6);
});

test('the backup of a failover is another mock with a later priority, and without a second mock the same one', async (t) => {
  const { upstreams, models } = sectionsOf('failover', WISH);
  t.strictSame(
    upstreams.map(({ baseUrl }) => baseUrl),
    [...WISH.mocks],
  );
  t.match(models[0]?.targets, [{ priority: 1 }, { priority: 2 }]);
  const [one] = WISH.mocks;
  t.equal(sectionsOf('failover', { ...WISH, mocks: [one] }).upstreams[1]?.baseUrl, one);
});
