/** How much of a limit is one worker's while all of them go on without the shared state. Pure. */

/** Where a worker stands among all of them, of every host: as last heard. */
export interface Standing {
  readonly workers: number;
  /** From 0; no two workers have the same. */
  readonly rank: number;
}

/**
 * A whole number of `total` such that the shares of all workers add up to it. Who gets what is left over after even
 * division differs by `name`, so that small limits do not all fall to the same worker.
 */
export function shareOf(total: number, name: string, { workers, rank }: Standing): number {
  if (total <= 0) return 0;
  const all = Math.max(1, workers);
  const place = (rank + hashOf(name)) % all;
  return Math.floor(total / all) + (place < total % all ? 1 : 0);
}

function hashOf(name: string): number {
  let hash = 0;
  for (let at = 0; at < name.length; at++) hash = (hash * 31 + name.charCodeAt(at)) >>> 0;
  return hash;
}
