import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { processTree } from '../proc.js';

/** Generous: on a host that kept 82 % of the machine's time for itself a second worker was not there after 30 s (2026-11-21). */
const READY_WITHIN_MS = 90_000;
const STOP_WITHIN_MS = 8_000;
const ADDRESS = /https?:\/\/[^\s,)]+:\d+/;
/** The end of what a process said, kept to explain why it did not start. */
const KEPT_OUTPUT = 4_000;
/** Flags name all that matters: what the caller's shell happens to hold must not change a measurement. */
const NOT_INHERITED = ['PORT', 'HOST', 'WORKERS', 'REDIS_URL', 'GATEWAY_CONFIG', 'NODE_OPTIONS'];

/** How a program is started. */
export interface ProgramWish {
  /** What the reader knows it by: `gateway`, `mock LLM`. */
  name: string;
  command: string;
  args: readonly string[];
  /** Added to the caller's environment. */
  env?: Readonly<Record<string, string>>;
  /** Puts something in front, like `taskset -c 0`; it must end in the program itself (exec) or have it as a child. */
  wrap?(command: string, args: readonly string[]): readonly [command: string, args: readonly string[]];
}

/** A program that is ready, in a process group of its own, so that Ctrl-C at the terminal does not reach it. */
export interface Program {
  readonly pid: number;
  /** `http://host:port` of the data port, and of the admin port if the program named one. */
  readonly origin: string;
  readonly adminOrigin?: string;
  /** The process and all that it started, as far as they live. */
  pids(): number[];
  /** SIGTERM, after 8 s SIGKILL; settles when it is gone. */
  stop(): Promise<void>;
}

/** All that were started and are not gone: whatever happens to the command, nothing may be left behind. */
const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

/**
 * Starts a program and waits for its ready line: the first line on stdout with an address.
 * Rejects with the program's own words when it ends before or is not ready within 30 s; it is stopped then.
 */
export async function startProgram(wish: ProgramWish): Promise<Program> {
  const [command, args] = wish.wrap?.(wish.command, wish.args) ?? [wish.command, wish.args];
  const env = { ...without(process.env, NOT_INHERITED), ...wish.env };
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env });
  living.add(child);
  child.once('exit', () => living.delete(child));
  child.once('error', () => living.delete(child));
  try {
    const line = await readyLine(wish.name, child);
    const [origin, adminOrigin] = line.match(new RegExp(ADDRESS, 'g')) ?? [];
    const { pid } = child;
    if (!origin || !pid) throw new Error(`the ${wish.name} named no address: ${line}`);
    return { pid, origin, adminOrigin, pids: () => processTree(pid), stop: () => stop(child) };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

function without(env: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}

/** What has its line end: an address cut in two would be another one. */
function wholeLines(text: string): string[] {
  return text.split('\n').slice(0, -1);
}

/** Logs on stderr name addresses too, so only stdout counts; later output is read and let go, as a full pipe would stop the program. */
function readyLine(name: string, child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (why: string): void => reject(new Error(`the ${name} ${why}${output ? `; it said:\n${output.trimEnd()}` : ''}`));
    const timer = setTimeout(() => fail(`was not ready within ${READY_WITHIN_MS / 1000} s`), READY_WITHIN_MS);
    let stdout = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-KEPT_OUTPUT);
    };
    const hear = (chunk: Buffer): void => {
      keep(chunk);
      stdout = (stdout + chunk.toString()).slice(-KEPT_OUTPUT);
      const line = wholeLines(stdout).find((one) => ADDRESS.test(one));
      if (line === undefined) return;
      clearTimeout(timer);
      resolve(line);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', keep);
    child.once('error', (error) => {
      clearTimeout(timer);
      fail(`could not be started: ${error.message}`);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`ended before it was ready (${signal ?? `code ${code}`})`);
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || !child.pid) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await gone;
  clearTimeout(timer);
}
