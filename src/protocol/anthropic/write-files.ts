/** Images and documents, by address, inline, or by an id of Anthropic's own file store (edge case 16). */
import { unsupported } from '../middle/fields.js';
import type { DocumentPart, ImagePart, Source } from '../middle/request.js';
import type { WritingState } from './writing-state.js';

type Block = Record<string, unknown>;

const IMAGES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);
const TEXTUAL = /^(?:text\/|application\/(?:json|xml|yaml|x-yaml|javascript)\b)/;

export function writeImage({ request, losses, marks }: WritingState, part: ImagePart): Block {
  // Chat has it beside the address, Responses beside the part's type; `auto` says nothing.
  const inside = request.from === 'chat' ? '.image_url' : '';
  if (part.detail !== undefined && part.detail !== 'auto') losses.drop(`${part.at}${inside}.detail`);
  if (part.source.by === 'data' && !IMAGES.has(imageType(part.source.mediaType)))
    throw unsupported(part.at, `is an image of type '${printable(part.source.mediaType)}'; jpeg, png, gif and webp are taken`);
  return marks.put({ type: 'image', source: writeSource(part.at, part.source, imageType) }, part);
}

export function writeDocument({ marks }: WritingState, part: DocumentPart): Block {
  const block = {
    type: 'document',
    source: documentSource(part),
    ...(part.name && { title: part.name }),
    ...(part.context && { context: part.context }),
  };
  return marks.put(block, part);
}

function documentSource({ at, source }: DocumentPart): Block {
  if (source.by === 'text') return plainText(source.text);
  if (source.by !== 'data' || source.mediaType === 'application/pdf') return writeSource(at, source, (type) => type);
  if (TEXTUAL.test(source.mediaType)) return plainText(Buffer.from(source.base64, 'base64').toString('utf8'));
  throw unsupported(at, `is a file of type '${printable(source.mediaType)}'; PDF and plain text are taken`);
}

function plainText(data: string): Block {
  return { type: 'text', media_type: 'text/plain', data };
}

function writeSource(at: string, source: Source, asType: (mediaType: string) => string): Block {
  if (source.by === 'url') return { type: 'url', url: source.url };
  if (source.by === 'data') return { type: 'base64', media_type: asType(source.mediaType), data: source.base64 };
  if (source.maker === 'anthropic') return { type: 'file', file_id: source.id };
  throw unsupported(at, 'names a file that the maker of the model that serves this request does not have');
}

/** Clients write `image/jpg`, which is not registered. */
function imageType(mediaType: string): string {
  const type = mediaType.toLowerCase();
  return type === 'image/jpg' ? 'image/jpeg' : type;
}

function printable(text: string): string {
  return text.slice(0, 64).replace(/[^\x20-\x7e]/g, '?');
}
