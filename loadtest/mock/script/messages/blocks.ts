/** Content blocks of Anthropic's Messages: text, pictures, documents and their cache marks. */
import { mediaOf, type Seen, type SeenMedia } from '../seen.js';
import type { Shape } from '../shape.js';

const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'] as const;

/** Texts of blocks that must all be text. */
export function readTextBlocks(blocks: readonly Shape[], seen: Seen): string[] {
  return blocks.map((block) => {
    if (block.mustText('type') !== 'text') block.fail('type', "Input should be 'text'");
    return readText(block, seen);
  });
}

export function readText(block: Shape, seen: Seen): string {
  block.only(['type', 'text', 'cache_control', 'citations']);
  const text = block.mustText('text');
  if (text === '') block.fail('text', 'text content blocks must be non-empty');
  if (text.trim() === '') block.fail('text', 'text content blocks must contain non-whitespace text');
  countCacheMark(block, seen);
  return text;
}

export function readImage(block: Shape, seen: Seen): void {
  block.only(['type', 'source', 'cache_control', 'transformations']);
  const source = block.mustInner('source');
  const type = source.oneOf('type', ['base64', 'url']);
  if (type === 'url') seen.images.push({ url: webAddress(source) });
  else {
    source.only(['type', 'media_type', 'data']);
    const mediaType = source.oneOf('media_type', IMAGE_TYPES) ?? source.fail('media_type', 'Field required');
    seen.images.push(mediaOf(source.mustText('data'), mediaType) ?? source.fail('data', 'invalid base64 data'));
  }
  countCacheMark(block, seen);
}

export function readDocument(block: Shape, seen: Seen): void {
  block.only(['type', 'source', 'cache_control', 'citations', 'context', 'title']);
  const name = block.text('title');
  seen.documents.push({ ...documentSource(block.mustInner('source')), ...(name === undefined ? {} : { name }) });
  countCacheMark(block, seen);
}

/** A mark must be a whole one: no null, no empty object. */
export function countCacheMark(holder: Shape, seen: Seen): void {
  const mark = holder.inner('cache_control');
  if (!mark) return;
  mark.only(['type', 'ttl']);
  if (mark.oneOf('type', ['ephemeral']) === undefined) mark.fail('type', 'Field required');
  mark.oneOf('ttl', ['5m', '1h']);
  seen.cacheMarks += 1;
}

function documentSource(source: Shape): SeenMedia {
  switch (source.oneOf('type', ['base64', 'text', 'url'])) {
    case 'url':
      return { url: webAddress(source) };
    case 'text':
      source.oneOf('media_type', ['text/plain']);
      return mediaOf(Buffer.from(source.mustText('data')).toString('base64'), 'text/plain') ?? source.fail('data', 'is empty');
    default:
      source.oneOf('media_type', ['application/pdf']);
      return mediaOf(source.mustText('data'), 'application/pdf') ?? source.fail('data', 'invalid base64 data');
  }
}

function webAddress(source: Shape): string {
  source.only(['type', 'url']);
  const url = source.mustText('url');
  if (!/^https?:\/\/./.test(url)) source.fail('url', 'Only HTTP and HTTPS URLs are supported.');
  return url;
}
