/** `image` and `document` blocks. */
import { type Fields, invalid, isText, unsupported } from '../middle/fields.js';
import type { DocumentPart, ImagePart, Part, Source, TextPart } from '../middle/request.js';
import { noteRest } from './read-rest.js';
import { readCache, readText, textPart } from './read-text.js';

/** An address that holds the file itself. */
const DATA_URL = /^data:([^;,]+);base64,(.*)$/s;

export function readImage(block: Fields): ImagePart {
  const source = block.required(block.inner('source'), 'source');
  return { kind: 'image', at: block.path, source: readSource(source), ...readCache(block) };
}

/** Most are one part; a document made of blocks with images in it becomes those blocks. */
export function readDocument(block: Fields, lost: string[]): readonly Part[] {
  const source = block.required(block.inner('source'), 'source');
  const [name, context] = [block.text('title'), block.text('context')];
  const told = { ...(name && { name }), ...(context && { context }), ...readCache(block) };
  const type = source.text('type');
  if (type === 'content') return readWritten(source, block.path, told, lost);
  const inner: DocumentPart['source'] =
    type === 'text' ? { by: 'text', text: source.required(source.text('data'), 'data') } : readSource(source);
  if (inner.by === 'text' && inner.text.trim() === '') return [];
  return [{ kind: 'document', at: block.path, source: inner, ...told }];
}

function readWritten(source: Fields, at: string, told: object, lost: string[]): readonly Part[] {
  const content = source.any('content');
  const parts = isText(content) ? textPart(content, at) : source.inners('content').flatMap((block) => readPiece(block, lost));
  if (!parts.every((part) => part.kind === 'text')) return parts;
  const text = parts.map((part) => part.text).join('\n');
  return text === '' ? [] : [{ kind: 'document', at, source: { by: 'text', text }, ...told }];
}

function readPiece(block: Fields, lost: string[]): readonly (TextPart | ImagePart)[] {
  const type = block.required(block.oneOf('type', ['text', 'image']), 'type');
  const parts = type === 'text' ? readText(block) : [readImage(block)];
  noteRest(block, lost);
  return parts;
}

function readSource(source: Fields): Source {
  const type = source.required(source.text('type'), 'type');
  if (type === 'base64') {
    const mediaType = source.required(source.text('media_type'), 'media_type');
    return { by: 'data', mediaType, base64: source.required(source.text('data'), 'data') };
  }
  if (type === 'file') return { by: 'file', maker: 'anthropic', id: source.required(source.text('file_id'), 'file_id') };
  if (type !== 'url') throw unsupported(source.at('type'), 'names a source that is not known here');
  const url = source.required(source.text('url'), 'url');
  const inline = DATA_URL.exec(url);
  if (inline) return { by: 'data', mediaType: inline[1] ?? '', base64: inline[2] ?? '' };
  if (!/^https?:/i.test(url)) throw invalid(source.at('url'), 'must be an http(s) address');
  return { by: 'url', url };
}
