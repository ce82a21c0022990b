/** What an answer cost. Pure. */
import type { PriceConfig } from '../config.js';
import type { Usage } from './record.js';

const PER_MILLION = 1_000_000;

/**
 * US dollars for one answer. Cached and cache-written tokens are part of `usage.input` and are charged once,
 * at their own price where one is given and at the input price otherwise.
 */
export function costOf(usage: Usage, price: PriceConfig | undefined): number {
  if (price === undefined) return 0;
  const plain = Math.max(0, usage.input - usage.cachedInput - usage.cacheWrite);
  const input =
    plain * price.input +
    usage.cachedInput * (price.cachedInput ?? price.input) +
    usage.cacheWrite * (price.cacheWrite ?? price.input);
  return (input + usage.output * price.output) / PER_MILLION;
}
