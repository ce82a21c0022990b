import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const SOURCE = 'loadtest/reference/go';
const BUILD_WITHIN_MS = 300_000;
const run = promisify(execFile);

/** The Go reference cannot be run on this machine; the message says why, for people. */
export class NoGoError extends Error {}

/**
 * Path of the Go gateway's program, built when its sources changed since the last time. `near` is a folder in the checkout.
 * Rejects with NoGoError where there is no Go toolchain, or with the compiler's words.
 */
export async function buildGoGateway(near: string): Promise<string> {
  const root = rootOf(near);
  const source = join(root, SOURCE);
  const program = join(root, 'node_modules/.cache/tidegate', `go-gateway-${await fingerprint(source)}`);
  if (existsSync(program)) return program;
  await mkdir(dirname(program), { recursive: true });
  const fresh = `${program}.${process.pid}`;
  await compile(source, fresh);
  // Two commands may build at once: whoever is last puts the same program in place.
  await rename(fresh, program);
  return program;
}

/** Whether the Go gateway could be built here: undefined, or the reason in one line. */
export async function whyNoGo(): Promise<string | undefined> {
  const hasGo = (await goVersion()) !== undefined;
  return hasGo ? undefined : 'no Go toolchain on this machine (`go version` failed), so there is no Go column';
}

/** Like `go1.26.8`; undefined without a toolchain. */
export async function goVersion(): Promise<string | undefined> {
  try {
    const { stdout } = await run('go', ['version'], { timeout: BUILD_WITHIN_MS });
    return /go\d\S*/.exec(stdout)?.[0];
  } catch {
    return undefined;
  }
}

async function compile(source: string, program: string): Promise<void> {
  const reason = await whyNoGo();
  if (reason) throw new NoGoError(reason);
  try {
    const args = ['build', '-trimpath', '-ldflags=-s -w', '-o', program, '.'];
    await run('go', args, { cwd: source, timeout: BUILD_WITHIN_MS, env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '' } });
  } catch (error) {
    throw new Error(`the Go gateway does not build: ${(error as { stderr?: string }).stderr || (error as Error).message}`);
  }
}

function rootOf(near: string): string {
  let folder = resolve(near);
  while (!existsSync(join(folder, SOURCE, 'go.mod'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new NoGoError(`no ${SOURCE} beside ${near}, so there is no Go column`);
    folder = parent;
  }
  return folder;
}

async function fingerprint(source: string): Promise<string> {
  const hash = createHash('sha256');
  const names = (await readdir(source)).filter((name) => /^go\.mod$|(?<!_test)\.go$/.test(name)).sort();
  for (const name of names) hash.update(name).update(await readFile(join(source, name)));
  return hash.digest('hex').slice(0, 12);
}
