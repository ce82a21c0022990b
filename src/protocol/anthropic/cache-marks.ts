/** `cache_control` markers: Anthropic takes four, and refuses the request for a fifth (edge case 15). */
import type { Losses } from '../middle/losses.js';
import type { CacheMark } from '../middle/request.js';

const MOST = 4;

interface Marked {
  readonly block: Record<string, unknown>;
  readonly at: string;
}

export class CacheMarks {
  /** In the order of the prompt. */
  readonly #marked: Marked[] = [];

  put<T extends Record<string, unknown>>(block: T, { cache, at }: { readonly cache?: CacheMark; readonly at: string }): T {
    if (!cache) return block;
    const marked = { ...block, cache_control: { type: 'ephemeral', ...(cache.ttl && { ttl: cache.ttl }) } };
    this.#marked.push({ block: marked, at });
    return marked;
  }

  /** The last four stay: each of them caches all that stands before it. */
  settle(losses: Losses): void {
    for (const { block, at } of this.#marked.slice(0, -MOST)) {
      delete block.cache_control;
      losses.drop(`${at}.cache_control`);
    }
  }
}
