/** Anthropic's prompt cache as far as usage shows it: what one key has sent up to a cache marker is read back the next time. */
import { createHash } from 'node:crypto';

const MOST_PREFIXES = 10_000;
const CHARACTERS_PER_TOKEN = 4;

export interface CacheTokens {
  read: number;
  written: number;
}

export class PromptCache {
  /** Least recently used first. */
  private readonly known = new Set<string>();

  /** `body` is a parsed request of Messages; without `cache_control` nothing is cached. */
  look(key: string, body: Record<string, unknown>): CacheTokens {
    const prefix = markedPrefix(body);
    if (prefix === undefined) return { read: 0, written: 0 };
    const tokens = Math.ceil(prefix.length / CHARACTERS_PER_TOKEN);
    const hash = createHash('sha256').update(key).update('\0').update(prefix).digest('base64');
    const hit = this.known.delete(hash);
    this.known.add(hash);
    const [oldest] = this.known;
    if (oldest !== undefined && this.known.size > MOST_PREFIXES) this.known.delete(oldest);
    return hit ? { read: tokens, written: 0 } : { read: 0, written: tokens };
  }
}

/** Tools, system and messages up to the last marker, as text. */
function markedPrefix({ tools, system, messages }: Record<string, unknown>): string | undefined {
  const text = JSON.stringify([tools ?? null, system ?? null, messages ?? null]);
  const end = text.lastIndexOf('"cache_control":{');
  return end < 0 ? undefined : text.slice(0, end).replaceAll(/,?"cache_control":\{[^}]*\}/g, '');
}
