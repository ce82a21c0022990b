/** Parts of messages and tool results in the words of Responses. */
import { unsupported } from '../middle/fields.js';
import type { Losses } from '../middle/losses.js';
import type {
  AudioPart,
  DocumentPart,
  ImagePart,
  RefusalPart,
  Source,
  TextPart,
  ToolResultPart,
  Turn,
} from '../middle/request.js';
import type { OutputItem } from './response-object.js';

export type ContentKind = TextPart | ImagePart | DocumentPart | AudioPart | RefusalPart;

export function writeContent(part: ContentKind, role: Turn['role'], losses: Losses): OutputItem {
  switch (part.kind) {
    case 'text':
      dropCache(part, losses);
      return { type: role === 'assistant' ? 'output_text' : 'input_text', text: part.text };
    case 'refusal':
      return { type: 'refusal', refusal: part.text };
    case 'image':
      return writeImage(part, losses);
    case 'document':
      return writeDocument(part, losses);
    case 'audio':
      throw unsupported(part.at, 'is audio, which the model that serves this request does not take');
  }
}

/** A single text as a string, which every server of this API reads; blocks stay blocks (edge case 9). */
export function writeOutput(parts: ToolResultPart['parts'], losses: Losses): string | OutputItem[] {
  const [first] = parts;
  if (first === undefined) return '';
  const written = parts.map((part) => writeContent(part, 'user', losses));
  return parts.length === 1 && first.kind === 'text' ? first.text : written;
}

function writeImage(part: ImagePart, losses: Losses): OutputItem {
  dropCache(part, losses);
  const { source, detail = 'auto' } = part;
  const file = source.by === 'file' ? { file_id: ownFile(source, part.at) } : { image_url: urlOf(source) };
  return { type: 'input_image', detail, ...file };
}

/** Plain text is said as text: not every server reads it out of a file. */
function writeDocument(part: DocumentPart, losses: Losses): OutputItem {
  dropCache(part, losses);
  const { source, name, context, at } = part;
  if (source.by === 'text') return { type: 'input_text', text: [name, context, source.text].filter(Boolean).join('\n\n') };
  if (context) losses.drop(`${at}.context`);
  if (source.by === 'file') return { type: 'input_file', file_id: ownFile(source, at) };
  if (source.by === 'url') return { type: 'input_file', file_url: source.url };
  return { type: 'input_file', filename: name ?? 'document.pdf', file_data: urlOf(source) };
}

function ownFile({ maker, id }: Extract<Source, { by: 'file' }>, at: string): string {
  if (maker !== 'openai') throw unsupported(at, 'is a file that only its own provider has: send its content');
  return id;
}

function urlOf(source: Exclude<Source, { by: 'file' }>): string {
  return source.by === 'url' ? source.url : `data:${source.mediaType};base64,${source.base64}`;
}

/** OpenAI finds what it has cached by itself (edge case 15). */
function dropCache({ cache, at }: TextPart | ImagePart | DocumentPart, losses: Losses): void {
  if (cache) losses.drop(`${at}.cache_control`);
}
