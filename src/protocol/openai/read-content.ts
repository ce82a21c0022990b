/** The parts of a chat message's `content`: text, images, files, audio (edge case 16). */
import { Fields, invalid, isText, unsupported } from '../middle/fields.js';
import type { AudioPart, CacheMark, DocumentPart, ImagePart, Part, RefusalPart, Source, TextPart } from '../middle/request.js';
import type { Leftovers } from './leftovers.js';

const DATA_URL = 'data:';

/** A string or a list; `message` may carry the cache marker of its last part, as a string cannot. */
export function readContent(message: Fields, leftovers: Leftovers): Part[] {
  const content = message.any('content');
  const mark = readCache(message);
  if (content === undefined) return [];
  if (isText(content)) return [{ kind: 'text', text: content, at: message.at('content'), ...(mark && { cache: mark }) }];
  const parts = message.inners('content').map((part) => readPart(part, leftovers));
  const last = parts.at(-1);
  return mark && last ? [...parts.slice(0, -1), { ...last, cache: mark } as Part] : parts;
}

/** Where text alone may stand. */
export function readTexts(message: Fields, leftovers: Leftovers): TextPart[] {
  return readContent(message, leftovers).map((part) => {
    if (part.kind === 'text') return part;
    throw invalid(part.at, 'must be text');
  });
}

/** LiteLLM's extension for clients that know Anthropic's cache: `cache_control` on a part, a message or a tool. */
export function readCache(fields: Fields): CacheMark | undefined {
  const mark = fields.inner('cache_control');
  if (!mark) return undefined;
  const ttl = mark.oneOf('ttl', ['5m', '1h']);
  return ttl ? { ttl } : {};
}

function readPart(part: Fields, leftovers: Leftovers): Part {
  const type = part.required(part.text('type'), 'type');
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (!read) throw unsupported(part.at('type'), 'is a kind of content that is not known here');
  const cache = readCache(part);
  const written = read(part, leftovers);
  leftovers.of(part);
  return cache ? ({ ...written, cache } as Part) : written;
}

const READERS: Readonly<Record<string, (part: Fields, leftovers: Leftovers) => Part>> = {
  text: readText,
  refusal: readRefusal,
  image_url: readImage,
  input_audio: readAudio,
  file: readFile,
};

function readText(part: Fields): TextPart {
  return { kind: 'text', text: part.required(part.text('text'), 'text'), at: part.path };
}

function readRefusal(part: Fields): RefusalPart {
  return { kind: 'refusal', text: part.required(part.text('refusal'), 'refusal'), at: part.path };
}

/** Some clients send the address itself where the object should be. */
function readImage(part: Fields, leftovers: Leftovers): ImagePart {
  const address = part.any('image_url');
  const image = isText(address) ? new Fields({ url: address }, part.path) : part.required(part.inner('image_url'), 'image_url');
  const url = image.required(image.text('url'), 'url');
  const detail = image.text('detail');
  leftovers.of(image);
  const source = readSource(url, image.at('url'));
  return { kind: 'image', source, at: part.path, ...(detail && detail !== 'auto' && { detail }) };
}

function readAudio(part: Fields): AudioPart {
  const audio = part.required(part.inner('input_audio'), 'input_audio');
  const base64 = audio.required(audio.text('data'), 'data');
  return { kind: 'audio', base64, format: audio.required(audio.text('format'), 'format'), at: part.path };
}

function readFile(part: Fields, leftovers: Leftovers): DocumentPart | ImagePart {
  const file = part.required(part.inner('file'), 'file');
  const id = file.text('file_id');
  const name = file.text('filename');
  const data = file.text('file_data');
  leftovers.of(file);
  if (data === undefined && id === undefined) throw invalid(file.at('file_data'), 'is missing');
  const source: Source =
    data === undefined ? { by: 'file', maker: 'openai', id: id ?? '' } : readSource(data, file.at('file_data'));
  if (source.by === 'data' && source.mediaType.startsWith('image/')) return { kind: 'image', source, at: part.path };
  return { kind: 'document', source, at: part.path, ...(name && { name }) };
}

/** By position and not by a pattern: data URLs are megabytes long. */
function readSource(url: string, at: string): Source {
  const start = url.slice(0, DATA_URL.length).toLowerCase();
  if (start !== DATA_URL) {
    if (/^https?:\/\//i.test(url)) return { by: 'url', url };
    throw invalid(at, 'must be an http(s) address or a data URL');
  }
  const comma = url.indexOf(',');
  const [mediaType = '', ...flags] = url.slice(DATA_URL.length, comma < 0 ? 0 : comma).split(';');
  if (comma < 0 || mediaType === '' || !flags.includes('base64'))
    throw invalid(at, "must be a data URL of the form 'data:<media type>;base64,<data>'");
  return {
    by: 'data',
    mediaType: mediaType === 'image/jpg' ? 'image/jpeg' : mediaType.toLowerCase(),
    base64: url.slice(comma + 1),
  };
}
