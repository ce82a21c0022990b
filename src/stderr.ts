/** Standard error as a file descriptor that never makes a writer wait for its reader. */

/**
 * Node opens a pipe without waiting, but every fork makes the pipe that it shares wait again, and so does the end of every
 * process that found it so: to be called after both.
 */
export function unblockStderr(): void {
  const { _handle: handle } = process.stderr as { _handle?: { setBlocking?: (blocking: boolean) => unknown } };
  handle?.setBlocking?.(false);
}
