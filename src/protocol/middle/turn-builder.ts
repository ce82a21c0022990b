/**
 * Puts a conversation into the order that every dialect accepts: neighbours of one role merged, tool results first in
 * the user turn right behind their calls, nothing empty, no result without its call and no call without its result.
 */
import { invalid } from './fields.js';
import type { Part, ToolCallPart, ToolResultPart, Turn } from './request.js';

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
    let open = new Set<string>();
    for (const turn of this.#turns) {
      if (turn.role === 'user') turn.parts = resultsFirst(turn.parts, open);
      open = turn.role === 'assistant' ? callsOf(turn.parts) : new Set();
    }
    const answered = new TurnBuilder();
    for (const [index, { role, parts }] of this.#turns.entries()) answered.add(role, this.#withoutOrphans(parts, index));
    return answered.#turns;
  }

  /** A call that was never answered (an interrupted agent) would have the whole request refused: it is taken as not made. */
  #withoutOrphans(parts: readonly Part[], index: number): Part[] {
    const next = this.#turns[index + 1];
    const orphans = parts.filter((part) => part.kind === 'tool-call' && next !== undefined && !isAnswered(part, next));
    this.lost.push(...orphans.map(({ at }) => at));
    return parts.filter((part) => !orphans.includes(part));
  }
}

function hasWords(part: Part): boolean {
  return (part.kind !== 'text' && part.kind !== 'refusal') || part.text.trim() !== '';
}

function callsOf(parts: readonly Part[]): Set<string> {
  const ids = new Set<string>();
  for (const part of parts) {
    if (part.kind !== 'tool-call') continue;
    if (ids.has(part.id)) throw invalid(part.at, `repeats the tool call id '${printable(part.id)}'`);
    ids.add(part.id);
  }
  return ids;
}

function resultsFirst(parts: readonly Part[], open: Set<string>): Part[] {
  const results = parts.filter((part): part is ToolResultPart => part.kind === 'tool-result');
  for (const { id, at } of results)
    if (!open.delete(id)) throw invalid(at, `answers no tool call of the turn before: '${printable(id)}'`);
  return [...results, ...parts.filter((part) => part.kind !== 'tool-result')];
}

function isAnswered(call: ToolCallPart, next: Turn): boolean {
  return next.parts.some((part) => part.kind === 'tool-result' && part.id === call.id);
}

function printable(id: string): string {
  return id.slice(0, 64).replace(/[^\x20-\x7e]/g, '?');
}
