/**
 * One line of JSON an event on stderr, off the hot path, and the one exit that redacts: whatever leaves the
 * process as text passes `redact` first.
 */
import pino from 'pino';
import { Redaction } from './redaction.js';

/** Past this many buffered bytes lines are dropped rather than memory spent on a blocked stderr. */
const MOST_BUFFERED = 4 * 1024 * 1024;

/** A wrong LOG_LEVEL is reported by the options, not by a crash here. */
const LEVELS = new Set(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']);

let redaction = new Redaction();

/** Name the values that must never leave: upstream keys, the admin key, the store's password. */
export function setSecrets(values: Iterable<string>): void {
  redaction = new Redaction(values);
}

/** The text without any secret that `setSecrets` named, in any form. Some nanoseconds a character: not for the hot path. */
export function redact(text: string): string {
  return redaction.clean(text);
}

let dropped = 0;
const destination = pino.destination({ dest: 2, sync: false, maxLength: MOST_BUFFERED });
destination.on('drop', () => {
  dropped++;
});
destination.on('error', () => {
  dropped++;
});

/** Lines lost because stderr was blocked or closed. */
export function droppedLines(): number {
  return dropped;
}

export const log = pino(
  {
    level: LEVELS.has(process.env.LOG_LEVEL ?? '') ? process.env.LOG_LEVEL : 'info',
    base: { pid: process.pid },
    hooks: { streamWrite: redact },
  },
  destination,
);

export type Log = typeof log;

/** Write what is buffered, as the last act before leaving. */
export function flushLog(): void {
  try {
    destination.flushSync();
  } catch {
    // stderr is gone or not yet open: there is nowhere left to say so.
  }
}
