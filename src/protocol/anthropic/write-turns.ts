/** Turns that begin with the user's and alternate (edge case 13). */
import { unsupported } from '../middle/fields.js';
import type { Part, Turn } from '../middle/request.js';
import { openLoopStart } from './open-loop.js';
import { writePart } from './write-parts.js';
import type { WritingState } from './writing-state.js';

/** Stands where the client says nothing as the user: Anthropic answers somebody. */
const FALLBACK = 'Begin.';

interface Message {
  readonly role: Turn['role'];
  readonly content: Record<string, unknown>[];
}

/** `thinks`: the model will, so that what it thought last is of use to it. */
export function writeTurns(state: WritingState, thinks: boolean): Message[] {
  const { turns } = state.request;
  const loopStart = openLoopStart(turns);
  refusePrefill(state, turns.at(-1));
  const messages: Message[] = [];
  if (turns[0]?.role !== 'user') messages.push({ role: 'user', content: [{ type: 'text', text: FALLBACK }] });
  for (const [index, { role, parts }] of turns.entries()) {
    const kept = thinks || index < loopStart ? parts : withoutThought(state, parts);
    const content = writeContent(state, index === turns.length - 1 && role === 'assistant' ? trimmed(kept) : kept);
    const last = messages.at(-1);
    if (content.length === 0) continue;
    if (last?.role === role) last.content.push(...content);
    else messages.push({ role, content });
  }
  return messages;
}

function writeContent(state: WritingState, parts: readonly Part[]): Record<string, unknown>[] {
  return parts.map((part) => writePart(state, part)).filter((block) => block !== undefined);
}

/** An answer that the model is to go on with: models from 4.6 on refuse it (edge case 17). */
function refusePrefill({ facts }: WritingState, last: Turn | undefined): void {
  const end = last?.role === 'assistant' ? last.parts.at(-1) : undefined;
  if (end && facts.thinking === 'adaptive')
    throw unsupported(end.at, 'ends the conversation as the assistant, which the model that serves this request refuses');
}

/** Where thinking is off, an answer that is still being made may hold none: "cannot contain `thinking`". */
function withoutThought({ losses }: WritingState, parts: readonly Part[]): readonly Part[] {
  return parts.filter(({ kind, at }) => {
    const isThought = kind === 'thinking' || kind === 'redacted-thinking';
    if (isThought) losses.drop(at);
    return !isThought;
  });
}

/** The last words of an answer to go on with may not end in white space. */
function trimmed(parts: readonly Part[]): readonly Part[] {
  const last = parts.at(-1);
  return last?.kind === 'text' ? [...parts.slice(0, -1), { ...last, text: last.text.trimEnd() }] : parts;
}
