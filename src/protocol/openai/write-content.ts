/** Parts of a conversation as the `content` of chat messages (edge cases 9 and 16). */

import { unsupported } from '../middle/fields.js';
import type { Losses } from '../middle/losses.js';
import type { AudioPart, DocumentPart, ImagePart, Source, TextPart } from '../middle/request.js';

export type ContentPart = TextPart | ImagePart | DocumentPart | AudioPart;
type Written = { readonly type: string; readonly [member: string]: unknown };

/** Between texts that stood in blocks of their own. */
export const PARAGRAPH = '\n\n';

/** A lone text as a string: every server takes that. */
export function writeContent(parts: readonly ContentPart[], losses: Losses): string | Written[] {
  const written = parts.map((part) => writePart(part, losses));
  const [first] = written;
  return written.length === 1 && first?.type === 'text' ? String(first.text) : written;
}

/** Of parts that stand where a chat message takes a string alone. */
export function writeTexts(parts: readonly { readonly text: string }[]): string {
  return parts.map(({ text }) => text).join(PARAGRAPH);
}

/** The words of a document that is text, undefined for another. */
export function textOfDocument({ source, name, context }: DocumentPart): string | undefined {
  const text =
    source.by === 'text'
      ? source.text
      : source.by === 'data' && source.mediaType.startsWith('text/')
        ? Buffer.from(source.base64, 'base64').toString('utf8')
        : undefined;
  return text === undefined ? undefined : [name, context, text].filter((each) => each).join('\n');
}

export function writePart(part: ContentPart, losses: Losses): Written {
  if ('cache' in part && part.cache) losses.drop(`${part.at}.cache_control`);
  switch (part.kind) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image':
      return writeImage(part, losses);
    case 'document':
      return writeDocument(part);
    case 'audio':
      return { type: 'input_audio', input_audio: { data: part.base64, format: part.format } };
  }
}

function writeImage({ source, detail, at }: ImagePart, losses: Losses): Written {
  if (source.by === 'file') throw unsupported(at, 'is an image by its file id, which chat completions do not take');
  const known = detail === 'low' || detail === 'high' || detail === 'auto';
  if (detail !== undefined && !known) losses.drop(`${at}.detail`);
  const written = known ? detail : detail === 'original' ? 'high' : undefined;
  return { type: 'image_url', image_url: { url: urlOf(source), ...(written && { detail: written }) } };
}

function writeDocument(part: DocumentPart): Written {
  const text = textOfDocument(part);
  if (text !== undefined) return { type: 'text', text };
  const { source, name = 'document.pdf', at } = part;
  if (source.by === 'data') return { type: 'file', file: { filename: name, file_data: urlOf(source) } };
  if (source.by === 'file' && source.maker === 'openai') return { type: 'file', file: { file_id: source.id } };
  throw unsupported(
    at,
    `is a document by ${source.by === 'url' ? 'its address' : 'another provider’s file id'}, which chat completions do not take`,
  );
}

function urlOf(source: Exclude<Source, { by: 'file' }>): string {
  return source.by === 'url' ? source.url : `data:${source.mediaType};base64,${source.base64}`;
}
