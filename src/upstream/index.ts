import { createUndiciUpstream, type PoolOptions } from './undici.js';
import type { Upstream } from './upstream.js';

/** Connections to one origin. */
export function createUpstream(origin: string, options: PoolOptions): Upstream {
  return createUndiciUpstream(origin, options);
}
