/** Why a worker ended or is silent, in words for the operator: what a signal or a process state most likely means. */
import { readFileSync } from 'node:fs';

const MB = 1024 * 1024;

const SIGNALS: Readonly<Record<string, string>> = {
  // V8 ends a process so that has no heap left; what it said is on stderr above.
  SIGABRT: 'out of memory, or another fatal error of the engine',
  SIGKILL: 'killed from outside: by the kernel for want of memory, or by hand',
  SIGSEGV: 'a fault in native code',
  SIGBUS: 'a fault in native code, or a full disk',
};

/** `heapUsed`: bytes, when it was last heard. */
export function describeEnd(code: number | null, signal: string | null, heapUsed: number | undefined): string {
  if (signal === null) return `exit code ${code}`;
  const meaning = SIGNALS[signal];
  const heap = signal === 'SIGABRT' && heapUsed !== undefined ? `; ${Math.round(heapUsed / MB)} MB of heap when last heard` : '';
  return meaning === undefined ? `ended by ${signal}` : `ended by ${signal} (${meaning}${heap})`;
}

const STATES: Readonly<Record<string, string>> = {
  R: 'busy: one piece of code holds its event loop',
  S: 'waiting: its event loop is blocked on something outside',
  D: 'waiting for a disk',
  T: 'suspended by a signal',
  t: 'suspended by a debugger',
};

/** What a silent process is doing, where the system tells (Linux). */
export function describeSilence(pid: number): string {
  try {
    // "pid (name) state …"; the name may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return STATES[stat.charAt(stat.lastIndexOf(')') + 2)] ?? 'in an unknown state';
  } catch {
    return 'in an unknown state';
  }
}
