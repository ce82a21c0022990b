import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test } from 'tap';
import { prepareBase } from './base-build.js';

const run = promisify(execFile);

/** A project with two revisions whose build writes the version of its source. */
async function project(root: string): Promise<void> {
  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.invalid', ...args], { cwd: root });
  await mkdir(join(root, 'scripts'));
  await mkdir(join(root, 'node_modules'));
  await writeFile(join(root, 'package-lock.json'), '{}');
  const build = "import { cpSync, mkdirSync } from 'node:fs'; mkdirSync('dist'); cpSync('version', 'dist/primary.js');";
  await writeFile(join(root, 'scripts/build.mjs'), build);
  await git('init', '-q');
  for (const version of ['one', 'two']) {
    await writeFile(join(root, 'version'), version);
    await git('add', '.');
    await git('commit', '-qm', version);
  }
}

test('a revision is built aside, the checkout stays as it is, and nothing is left behind', async (t) => {
  const root = t.testdir();
  await project(root);
  await writeFile(join(root, 'version'), 'not committed');
  const base = await prepareBase('HEAD~1', root);
  t.equal(await readFile(join(base.home, 'primary.js'), 'utf8'), 'one');
  t.match(base.commit, /^[0-9a-f]{7,}$/);
  t.equal(await readFile(join(root, 'version'), 'utf8'), 'not committed');
  await base.remove();
  t.notOk(existsSync(base.home));
  t.equal((await run('git', ['worktree', 'list'], { cwd: root })).stdout.trim().split('\n').length, 1);
});

test('a folder with a built gateway is taken as it is', async (t) => {
  const root = t.testdir({ built: { 'primary.js': '' } });
  const base = await prepareBase(join(root, 'built'), root);
  t.equal(base.home, join(root, 'built'));
  await base.remove();
  t.ok(existsSync(base.home), 'and is not removed');
});

test('a word that is neither says so; a build that fails says why and leaves nothing', async (t) => {
  const root = t.testdir();
  await project(root);
  await t.rejects(prepareBase('no-such-revision', root), /neither a folder with primary.js nor a revision/);
  await t.rejects(prepareBase('--help', root), /neither a folder/);
  await writeFile(join(root, 'scripts/build.mjs'), "throw new Error('the build is broken')");
  await run('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.invalid', 'commit', '-qam', 'broken'], { cwd: root });
  await t.rejects(prepareBase('HEAD', root), /the build is broken/);
  t.equal((await run('git', ['worktree', 'list'], { cwd: root })).stdout.trim().split('\n').length, 1);
});
