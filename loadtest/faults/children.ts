/** Processes and servers that are started here: each is ended by its own id, at the latest when this process ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) for (const pid of [...childrenOf(child.pid), child.pid]) signal(pid, 'SIGKILL');
});

export interface SpawnOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Default: no input, output as pipes. */
  readonly stdio?: ('ignore' | 'pipe' | 'ipc' | 'inherit' | number)[];
}

export function start(command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  const { env = { PATH: process.env.PATH }, cwd, stdio = ['ignore', 'pipe', 'pipe'] } = options;
  const child = spawn(command, args, { env, cwd, stdio });
  living.add(child);
  child.once('exit', () => living.delete(child));
  child.on('error', () => living.delete(child));
  return child;
}

/** Ends it and the children it has now, and waits. A stopped one too. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  for (const pid of childrenOf(child.pid)) signal(pid, 'SIGKILL');
  child.kill('SIGKILL');
  await gone;
}

/** Pids of a process's children; none where /proc is not. */
export function childrenOf(pid: number | undefined): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** False when there is no such process (any more). */
export function signal(pid: number | undefined, name: NodeJS.Signals): boolean {
  try {
    return pid !== undefined && process.kill(pid, name);
  } catch {
    return false;
  }
}

export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
