/** What a chat `content` says: text, or the list of parts that some servers answer with (Mistral's thought among them). */
import { isJsonObject, isList, isText } from '../middle/fields.js';

export interface ContentPiece {
  readonly kind: 'text' | 'thinking' | 'refusal';
  readonly text: string;
}

export function contentPieces(content: unknown): ContentPiece[] {
  if (!isList(content)) return [];
  return content.flatMap((part): ContentPiece[] => {
    if (!isJsonObject(part)) return [];
    if (part.type === 'thinking') return [{ kind: 'thinking', text: textOf(part.thinking) }];
    if (part.type === 'refusal') return [{ kind: 'refusal', text: textOf(part.refusal) }];
    return [{ kind: 'text', text: textOf(part.text) }];
  });
}

function textOf(value: unknown): string {
  if (isText(value)) return value;
  return contentPieces(value)
    .map(({ text }) => text)
    .join('');
}
