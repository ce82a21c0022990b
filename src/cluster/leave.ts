/** How the primary speaks to whoever started it, and how it ends. */
import { flushLog, type Log, redact } from '../log.js';
import type { Lifecycle } from './lifecycle.js';

/** Exit code for a wrong configuration (`EX_CONFIG` of sysexits.h): a supervisor need not try again. */
export const WRONG_CONFIG = 78;

/** Lines for the operator on stdout. */
export function say(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** End the process with nothing of the log lost. */
export function leave(code: number): never {
  flushLog();
  process.exit(code);
}

/** Say on stderr why there is no gateway, without a stack, and end. */
export function fail(reason: unknown, code = 1): never {
  const text = reason instanceof Error ? reason.message : String(reason);
  process.stderr.write(`${redact(text).trimEnd()}\n`);
  leave(code);
}

/** A closed stdout takes nobody down; a fault that nobody caught is logged and ends the gateway in order, a second one at once. */
export function surviveFaults(lifecycle: Lifecycle, log: Log): void {
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  const onFault = (error: unknown) => {
    log.fatal({ err: error }, 'uncaught fault in the primary');
    if (lifecycle.state === 'draining') lifecycle.abort('a fault while draining');
    else void lifecycle.stop('uncaught fault', 1);
  };
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', onFault);
}
