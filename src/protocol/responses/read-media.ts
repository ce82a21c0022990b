/** Images and files of OpenAI's requests: by address, as `data:` URL, or by the id that OpenAI gave them (edge case 16). */
import { type Fields, invalid } from '../middle/fields.js';
import type { DocumentPart, ImagePart, Source } from '../middle/request.js';

/** RFC 2397, base64 only; the type's parameters are left out. */
const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w-]+=[^;,]*)*;base64,/i;

/** `input_image`. `auto` is what no `detail` means. */
export function readImage(part: Fields): ImagePart {
  const url = part.text('image_url');
  const id = part.text('file_id');
  const detail = part.text('detail');
  const source = url === undefined ? undefined : sourceOf(url, part.at('image_url'), 'image/png');
  return {
    kind: 'image',
    at: part.path,
    source: source ?? fileSource(part.required(id, 'image_url')),
    ...(detail !== undefined && detail !== 'auto' && { detail }),
  };
}

/** `input_file`. Plain text is taken out of its wrapping, since not every provider reads it as a file. */
export function readFile(part: Fields): DocumentPart {
  const name = part.text('filename');
  return { kind: 'document', at: part.path, source: documentSource(part, name), ...(name && { name }) };
}

function documentSource(part: Fields, name: string | undefined): DocumentPart['source'] {
  const url = part.text('file_url');
  const data = part.text('file_data');
  const id = part.text('file_id');
  if (url !== undefined) return sourceOf(url, part.at('file_url'), 'application/pdf');
  if (data === undefined) return fileSource(part.required(id, 'file_data'));
  const source = DATA_URL.test(data)
    ? sourceOf(data, part.at('file_data'), 'application/pdf')
    : ({ by: 'data', mediaType: name?.endsWith('.txt') ? 'text/plain' : 'application/pdf', base64: data } as const);
  if (source.by !== 'data' || !source.mediaType.startsWith('text/')) return source;
  return { by: 'text', text: Buffer.from(source.base64, 'base64').toString('utf8') };
}

function sourceOf(url: string, path: string, fallbackType: string): Source {
  if (/^https?:\/\//i.test(url)) return { by: 'url', url };
  const match = DATA_URL.exec(url);
  if (!match) throw invalid(path, 'must be an http(s) address or a base64 data URL');
  const mediaType = (match[1] ?? fallbackType).toLowerCase();
  return { by: 'data', mediaType: mediaType === 'image/jpg' ? 'image/jpeg' : mediaType, base64: url.slice(match[0].length) };
}

function fileSource(id: string): Source {
  return { by: 'file', maker: 'openai', id };
}
