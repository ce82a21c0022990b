/** Turns that begin with the user's and alternate (edge case 13). */
import { unsupported } from '../middle/fields.js';
import type { Part, Turn } from '../middle/request.js';
import { writePart } from './write-parts.js';
import type { ThinkingAsked } from './write-thinking.js';
import type { WritingState } from './writing-state.js';

/** Stands where the client says nothing as the user: Anthropic answers somebody. */
const FALLBACK = 'Begin.';

interface Message {
  readonly role: Turn['role'];
  readonly content: Record<string, unknown>[];
}

export function writeTurns(state: WritingState, thinking: ThinkingAsked): Message[] {
  const { turns } = state.request;
  const messages: Message[] = [];
  if (turns[0]?.role !== 'user') messages.push({ role: 'user', content: [{ type: 'text', text: FALLBACK }] });
  for (const [index, turn] of turns.entries()) {
    const isPrefill = index === turns.length - 1 && turn.role === 'assistant';
    const content = writeContent(state, isPrefill ? prefill(state, turn, thinking) : turn.parts);
    const last = messages.at(-1);
    if (content.length === 0) continue;
    if (last?.role === turn.role) last.content.push(...content);
    else messages.push({ role: turn.role, content });
  }
  return messages;
}

function writeContent(state: WritingState, parts: readonly Part[]): Record<string, unknown>[] {
  return parts.map((part) => writePart(state, part)).filter((block) => block !== undefined);
}

/**
 * An answer that the model is to go on with. Models from 4.6 on refuse it, as budget thinking does; without thinking no
 * thought may stand in it, and its last words may not end in white space.
 */
function prefill({ facts }: WritingState, { parts }: Turn, thinking: ThinkingAsked): readonly Part[] {
  const last = parts.at(-1);
  if (facts.thinking === 'adaptive' && last)
    throw unsupported(last.at, 'ends the conversation as the assistant, which the model that serves this request refuses');
  const kept = thinking === 'no' ? parts.filter(({ kind }) => kind !== 'thinking' && kind !== 'redacted-thinking') : parts;
  return kept.map((part) => (part === last && part.kind === 'text' ? { ...part, text: part.text.trimEnd() } : part));
}
