/** `text` blocks, and the cache marker that any block may carry. */
import type { Fields } from '../middle/fields.js';
import type { CacheMark, TextPart } from '../middle/request.js';

/** None for a text without words (edge case 14). */
export function textPart(text: string, at: string, cached: { cache?: CacheMark } = {}): TextPart[] {
  return text.trim() === '' ? [] : [{ kind: 'text', text, at, ...cached }];
}

export function readText(block: Fields): TextPart[] {
  return textPart(block.required(block.text('text'), 'text'), block.path, readCache(block));
}

/** The `cache_control` of a block, null as absent. */
export function readCache(block: Fields): { cache?: CacheMark } {
  const control = block.inner('cache_control');
  if (!control) return {};
  const ttl = control.text('ttl');
  return { cache: ttl === '5m' || ttl === '1h' ? { ttl } : {} };
}
