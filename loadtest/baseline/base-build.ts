/** Another build of the gateway to measure beside this one: a folder, or a git revision built aside. */
import { execFile } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const BUILD_WITHIN_MS = 300_000;
/** Of a command's last words: the end is where compilers say why. */
const KEPT_WORDS = 1_500;
const PROGRAM = 'primary.js';

export interface BaseBuild {
  /** Folder with `primary.js`. */
  home: string;
  /** Short hash of the revision; `unknown` for a folder. */
  commit: string;
  /** Removes what was made for it. */
  remove(): Promise<void>;
}

/**
 * `source`: a folder with built programs, else a git revision. `near`: a folder in the checkout.
 * @throws Error with what git, npm or the build said.
 */
export async function prepareBase(source: string, near: string): Promise<BaseBuild> {
  if (existsSync(join(source, PROGRAM))) return { home: resolve(source), commit: 'unknown', remove: async () => {} };
  const root = await ask('git', ['rev-parse', '--show-toplevel'], near);
  const commit = await ask('git', ['rev-parse', '--verify', '--quiet', '--end-of-options', `${source}^{commit}`], root).catch(
    () => {
      throw new Error(`'${source}' is neither a folder with ${PROGRAM} nor a revision that this checkout has (a shallow clone?)`);
    },
  );
  return new Worktree(root, commit).build();
}

/** A revision checked out in a folder of its own; this checkout is not touched. */
class Worktree {
  readonly #root: string;
  readonly #commit: string;
  #folder = '';

  constructor(root: string, commit: string) {
    this.#root = root;
    this.#commit = commit;
  }

  async build(): Promise<BaseBuild> {
    this.#folder = join(await mkdtemp(join(tmpdir(), 'tidegate-base-')), 'checkout');
    // The command may be ended at any moment; git forgets worktrees whose folder is gone.
    process.once('exit', this.#clear);
    try {
      await ask('git', ['worktree', 'add', '--detach', '--force', this.#folder, this.#commit], this.#root);
      await this.#packages();
      await ask(process.execPath, ['scripts/build.mjs'], this.#folder, { TIDEGATE_DIST: 'dist' });
      const commit = await ask('git', ['rev-parse', '--short', this.#commit], this.#root);
      return { home: join(this.#folder, 'dist'), commit, remove: () => this.#remove() };
    } catch (error) {
      await this.#remove();
      throw error;
    }
  }

  /** Those of this checkout where both ask for the same: an installation takes longer than the build. */
  async #packages(): Promise<void> {
    const [ours, theirs] = await Promise.all([this.#root, this.#folder].map(lockFile));
    if (ours === theirs) await symlink(join(this.#root, 'node_modules'), join(this.#folder, 'node_modules'));
    else await ask('npm', ['ci', '--no-audit', '--no-fund'], this.#folder);
  }

  async #remove(): Promise<void> {
    process.off('exit', this.#clear);
    await rm(dirname(this.#folder), { recursive: true, force: true });
    await ask('git', ['worktree', 'prune'], this.#root).catch(() => {});
  }

  readonly #clear = (): void => rmSync(dirname(this.#folder), { recursive: true, force: true });
}

function lockFile(folder: string): Promise<string> {
  return readFile(join(folder, 'package-lock.json'), 'utf8');
}

/** What a command prints, trimmed. */
async function ask(command: string, args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<string> {
  try {
    const settings = { cwd, timeout: BUILD_WITHIN_MS, maxBuffer: 2 ** 26, env: { ...process.env, ...env } };
    const { stdout } = await run(command, [...args], settings);
    return stdout.trim();
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`${command} ${args.slice(0, 2).join(' ')}: ${(stderr || message).trim().slice(-KEPT_WORDS)}`);
  }
}
