/** A demand on `x-gateway-dropped`. */
import { ok } from './expect.js';

/** What cannot be said to the upstream must be named in the header. */
export function mustBeNamed(dropped: string[] | undefined, pattern: RegExp): void {
  ok(
    dropped === undefined || dropped.some((name) => pattern.test(name)),
    `not in x-gateway-dropped: ${pattern.source} (${dropped})`,
  );
}
