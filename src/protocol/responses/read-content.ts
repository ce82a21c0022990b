/** The content of messages and tool results: a string, or a list of parts told apart by `type`. */
import { type Fields, Fields as FieldsOf, invalid, isText, unsupported } from '../middle/fields.js';
import type { AudioPart, DocumentPart, ImagePart, Part, RefusalPart, TextPart } from '../middle/request.js';
import { noteRest } from './note-rest.js';
import { readFile, readImage } from './read-media.js';

type ContentPart = TextPart | ImagePart | DocumentPart | AudioPart | RefusalPart;

/** The parts at `name` of the item. @throws GatewayError 400 for a kind that is unknown. */
export function readContent(item: Fields, name: string, lost: string[]): ContentPart[] {
  const content = item.required(item.any(name), name);
  if (isText(content)) return [{ kind: 'text', text: content, at: item.at(name) }];
  if (!Array.isArray(content)) throw invalid(item.at(name), 'must be a string or a list');
  return content.map((value, index) => {
    const part = new FieldsOf(value, `${item.at(name)}[${index}]`);
    const read = readPart(part);
    noteRest(part, lost);
    return read;
  });
}

/** Text alone: instructions. */
export function readTexts(item: Fields, name: string, lost: string[]): TextPart[] {
  return readContent(item, name, lost).map((part) => {
    if (part.kind !== 'text') throw unsupported(part.at, 'must be text in a message of this role');
    return part;
  });
}

/** What a tool may answer. */
export function readOutput(item: Fields, lost: string[]): (TextPart | ImagePart | DocumentPart)[] {
  return readContent(item, 'output', lost)
    .filter((part) => part.kind !== 'text' || part.text.trim() !== '')
    .map((part) => {
      if (part.kind === 'audio' || part.kind === 'refusal') throw invalid(part.at, 'cannot stand in the output of a tool');
      return part;
    });
}

function readPart(part: Fields): ContentPart {
  const type = part.required(part.text('type'), 'type');
  switch (type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return { kind: 'text', text: part.required(part.text('text'), 'text'), at: part.path };
    case 'refusal':
      return { kind: 'refusal', text: part.required(part.text('refusal'), 'refusal'), at: part.path };
    case 'input_image':
      return readImage(part);
    case 'input_file':
      return readFile(part);
    case 'input_audio':
      return readAudio(part);
    default:
      throw unsupported(part.at('type'), `is '${type.slice(0, 64)}', which is not supported`);
  }
}

function readAudio(part: Fields): Part & AudioPart {
  const audio = part.required(part.inner('input_audio'), 'input_audio');
  const base64 = audio.required(audio.text('data'), 'data');
  return { kind: 'audio', base64, format: audio.required(audio.text('format'), 'format'), at: part.path };
}
