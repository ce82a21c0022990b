/**
 * Puts a conversation into the order that every dialect accepts: neighbours of one role merged, tool results first in
 * the user turn right behind their calls, nothing empty, no result without its call and no call without its result.
 */
import { invalid } from './fields.js';
import type { Part, ToolCallPart, Turn } from './request.js';

export class TurnBuilder {
  /** Paths of calls that were left out because nothing answers them. */
  readonly lost: string[] = [];
  readonly #turns: { role: Turn['role']; parts: Part[] }[] = [];

  /** Parts without words are left out; a turn that has none left is no turn (edge case 14). */
  add(role: Turn['role'], parts: readonly Part[]): void {
    const filled = parts.filter(hasWords);
    if (filled.length === 0) return;
    const last = this.#turns.at(-1);
    if (last?.role === role) last.parts.push(...filled);
    else this.#turns.push({ role, parts: filled });
  }

  /** @throws GatewayError 400 for a result of no call, or a second one of the same. */
  build(): Turn[] {
    const ids = new CallIds();
    for (const turn of this.#turns)
      turn.parts = turn.role === 'user' ? ids.answer(resultsFirst(turn.parts)) : ids.open(turn.parts);
    const answered = new TurnBuilder();
    for (const [index, { role, parts }] of this.#turns.entries()) answered.add(role, this.#withoutOrphans(parts, index));
    return answered.#turns;
  }

  /** A call that was never answered (an interrupted agent) would have the whole request refused: it is taken as not made. */
  #withoutOrphans(parts: readonly Part[], index: number): Part[] {
    const next = this.#turns[index + 1];
    const orphans = parts.filter((part) => part.kind === 'tool-call' && next !== undefined && !isAnswered(part, next));
    if (orphans.length === 0) return [...parts];
    this.lost.push(...orphans.map(({ at }) => at));
    const rest = parts.filter((part) => !orphans.includes(part));
    return rest.every(isThought) ? [] : rest;
  }
}

function hasWords(part: Part): boolean {
  return (part.kind !== 'text' && part.kind !== 'refusal') || part.text.trim() !== '';
}

/** Thought that led to nothing is no turn. */
function isThought({ kind }: Part): boolean {
  return kind === 'thinking' || kind === 'redacted-thinking';
}

/** The ids of a conversation's calls, each once in it: servers that number anew in every turn get theirs changed (edge case 6). */
class CallIds {
  readonly #used = new Set<string>();
  /** Of the turn before: ids as the client gave them, and as they are now. */
  #open = new Map<string, string>();

  open(parts: readonly Part[]): Part[] {
    this.#open = new Map();
    return parts.map((part) => {
      if (part.kind !== 'tool-call') return part;
      if (this.#open.has(part.id)) throw invalid(part.at, `repeats the tool call id '${printable(part.id)}'`);
      const id = this.#unique(part.id);
      this.#open.set(part.id, id);
      return { ...part, id };
    });
  }

  answer(parts: readonly Part[]): Part[] {
    const open = this.#open;
    this.#open = new Map();
    return parts.map((part) => {
      if (part.kind !== 'tool-result') return part;
      const id = open.get(part.id);
      if (id === undefined) throw invalid(part.at, `answers no tool call of the turn before: '${printable(part.id)}'`);
      open.delete(part.id);
      return { ...part, id };
    });
  }

  #unique(id: string): string {
    let unique = id;
    for (let count = 2; this.#used.has(unique); count += 1) unique = `${id}_${count}`;
    this.#used.add(unique);
    return unique;
  }
}

function resultsFirst(parts: readonly Part[]): Part[] {
  const isResult = ({ kind }: Part) => kind === 'tool-result';
  return [...parts.filter(isResult), ...parts.filter((part) => !isResult(part))];
}

function isAnswered(call: ToolCallPart, next: Turn): boolean {
  return next.parts.some((part) => part.kind === 'tool-result' && part.id === call.id);
}

function printable(id: string): string {
  return id.slice(0, 64).replace(/[^\x20-\x7e]/g, '?');
}
