/** Starting programs that name no address: on a port found for them, ready when they answer there. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_WITHIN_MS = 90_000;
const STOP_WITHIN_MS = 5_000;
const INSTALL_WITHIN_MS = 600_000;
const KEPT_OUTPUT = 2_000;

export interface StartedProcess {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

/** All that were started and are not gone; none may be left behind. */
const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

/** `argsFor`: the program's arguments for its port; `path`: answers 200 when it is ready. */
export async function startOnFreePort(
  command: string,
  argsFor: (port: number) => string[],
  path: string,
  env: Record<string, string> = {},
): Promise<StartedProcess> {
  const port = await freePort();
  const child = spawn(command, argsFor(port), { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const output = gather(child);
  living.add(child);
  child.once('exit', () => living.delete(child));
  try {
    await ready(child, `http://127.0.0.1:${port}${path}`, output);
  } catch (error) {
    await stop(child);
    throw error;
  }
  return { pid: child.pid ?? 0, port, stop: () => stop(child) };
}

/** Runs a command to its end; gives what it wrote to stdout. @throws Error with the end of its words. */
export async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: INSTALL_WITHIN_MS });
  const output = gather(child);
  let stdout = '';
  child.stdout.on('data', (piece: Buffer) => {
    stdout += piece.toString();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${command} ${args[0] ?? ''} ended with ${code}: ${output().trim().split('\n').at(-1) ?? ''}`);
  return stdout;
}

/** The end of what a process said. */
function gather(child: ChildProcess): () => string {
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (piece: Buffer) => {
      output = (output + piece.toString()).slice(-KEPT_OUTPUT);
    });
  return () => output;
}

async function ready(child: ChildProcess, url: string, output: () => string): Promise<void> {
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  for (const deadline = Date.now() + READY_WITHIN_MS; Date.now() < deadline; await sleep(200)) {
    if (failure || child.exitCode !== null) throw new Error(`did not start: ${failure?.message ?? output().trim().slice(-300)}`);
    const answer = await fetch(url).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
  }
  throw new Error(`was not ready within ${READY_WITHIN_MS / 1000} s: ${output().trim().slice(-300)}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await gone;
  clearTimeout(timer);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return address.port;
}
