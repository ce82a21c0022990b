/**
 * One line of JSON an event on stderr, off the hot path, and the one exit that redacts: whatever leaves the
 * process as text passes `redact` first.
 */
import pino from 'pino';
import { LogSink } from './log-sink.js';
import { Redaction } from './redaction.js';
import { unblockStderr } from './stderr.js';

const STDERR = 2;
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

const sink = new LogSink(STDERR, MOST_BUFFERED);

/** Lines lost because stderr was blocked, full or closed. */
export function droppedLines(): number {
  return sink.dropped;
}

export const log = pino(
  {
    level: LEVELS.has(process.env.LOG_LEVEL ?? '') ? process.env.LOG_LEVEL : 'info',
    base: { pid: process.pid },
    hooks: { streamWrite: redact },
  },
  sink,
);

export type Log = typeof log;

/** Write what is buffered, as the last act before leaving; what stderr does not take at once is lost. */
export function flushLog(): void {
  unblockStderr();
  sink.flush();
}
