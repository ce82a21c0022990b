/** `messages`: turns of user and assistant; a `system` message between them joins the instructions (edge case 12). */
import { type Fields, invalid } from '../middle/fields.js';
import type { Part, TextPart, Turn } from '../middle/request.js';
import { TurnBuilder } from '../middle/turn-builder.js';
import { readParts } from './read-parts.js';
import { noteRest } from './read-rest.js';

export interface Conversation {
  readonly turns: readonly Turn[];
  readonly system: readonly TextPart[];
}

export function readTurns(fields: Fields, lost: string[]): Conversation {
  const messages = fields.inners('messages');
  if (messages.length === 0) throw invalid('messages', 'must hold at least one message');
  const builder = new TurnBuilder();
  const system: TextPart[] = [];
  for (const message of messages) {
    const speaker = message.oneOf('role', ['user', 'assistant', 'system']);
    const role = message.required(speaker, 'role');
    const parts = readParts(message, 'content', lost);
    noteRest(message, lost);
    if (role === 'system') system.push(...parts.map(asText));
    else
      builder.add(
        role,
        parts.map((part) => spokenBy(role, part)),
      );
  }
  const turns = builder.build();
  lost.push(...builder.lost);
  return { turns, system };
}

function asText(part: Part): TextPart {
  if (part.kind === 'text') return part;
  throw invalid(part.at, 'must be text');
}

function spokenBy(role: Turn['role'], part: Part): Part {
  const own = part.kind === 'tool-call' || part.kind === 'thinking' || part.kind === 'redacted-thinking';
  if (own && role === 'user') throw invalid(part.at, "belongs into a message of the 'assistant'");
  if (part.kind === 'tool-result' && role === 'assistant') throw invalid(part.at, "belongs into a message of the 'user'");
  return part;
}
