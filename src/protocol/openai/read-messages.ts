/** A chat client's `messages` as instructions and turns. */
import { Fields, invalid, isText, unsupported } from '../middle/fields.js';
import type { Part, RefusalPart, TextPart, ToolCallPart, ToolResultPart, Turn } from '../middle/request.js';
import { TurnBuilder } from '../middle/turn-builder.js';
import type { Leftovers } from './leftovers.js';
import { readCache, readContent, readTexts } from './read-content.js';
import { readThought } from './thinking-blocks.js';

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool', 'function'] as const;

export interface ReadMessages {
  readonly system: TextPart[];
  readonly turns: Turn[];
}

export function readMessages(body: Fields, leftovers: Leftovers): ReadMessages {
  body.required(body.list('messages'), 'messages');
  const reader = new MessagesReader(leftovers);
  for (const message of body.inners('messages')) reader.read(message);
  return reader.finish();
}

class MessagesReader {
  readonly #leftovers: Leftovers;
  readonly #system: TextPart[] = [];
  readonly #turns = new TurnBuilder();
  readonly #customIds = new Set<string>();
  /** Ids given to calls of the old form, by the function's name: the last one that waits for its result. */
  readonly #functionIds = new Map<string, string>();

  constructor(leftovers: Leftovers) {
    this.#leftovers = leftovers;
  }

  read(message: Fields): void {
    const role = message.required(message.oneOf('role', ROLES), 'role');
    if (role === 'system' || role === 'developer') this.#instruct(message);
    else if (role === 'user') this.#turns.add('user', this.#userParts(message));
    else if (role === 'assistant') this.#turns.add('assistant', this.#assistantParts(message));
    else this.#turns.add('user', [role === 'tool' ? this.#result(message) : this.#functionResult(message)]);
    this.#leftovers.of(message);
  }

  finish(): ReadMessages {
    const turns = this.#turns.build();
    for (const path of this.#turns.lost) this.#leftovers.add(path);
    return { system: this.#system, turns };
  }

  /** At any position, in order (edge case 12). */
  #instruct(message: Fields): void {
    this.#system.push(...readTexts(message, this.#leftovers).filter(({ text }) => text.trim() !== ''));
  }

  #userParts(message: Fields): Part[] {
    message.required(message.any('content'), 'content');
    return readContent(message, this.#leftovers);
  }

  #assistantParts(message: Fields): Part[] {
    if (message.has('audio'))
      throw unsupported(message.at('audio'), 'names an earlier audio answer, which the model cannot hear');
    return [
      ...readThought(message),
      ...readContent(message, this.#leftovers),
      ...readRefusal(message),
      ...message.inners('tool_calls').map((call) => this.#call(call)),
      ...this.#functionCall(message),
    ];
  }

  #call(call: Fields): ToolCallPart {
    const id = call.required(call.text('id'), 'id');
    const custom = call.text('type') === 'custom';
    const cache = readCache(call);
    const said = call.required(call.inner(custom ? 'custom' : 'function'), custom ? 'custom' : 'function');
    const name = said.required(said.text('name'), 'name');
    this.#leftovers.of(call);
    if (!custom) return { kind: 'tool-call', id, name, input: inputText(said), at: call.path, ...(cache && { cache }) };
    this.#customIds.add(id);
    return { kind: 'tool-call', id, name, input: said.text('input') ?? '', custom, at: call.path };
  }

  #functionCall(message: Fields): ToolCallPart[] {
    const said = message.inner('function_call');
    if (!said) return [];
    const name = said.required(said.text('name'), 'name');
    const id = `function_call_${this.#functionIds.size}_${message.path.replace(/\D+/g, '')}`;
    this.#functionIds.set(name, id);
    return [{ kind: 'tool-call', id, name, input: inputText(said), at: said.path }];
  }

  #result(message: Fields): ToolResultPart {
    const id = message.required(message.text('tool_call_id'), 'tool_call_id');
    return this.#resultOf(message, id);
  }

  #functionResult(message: Fields): ToolResultPart {
    const name = message.required(message.text('name'), 'name');
    const id = this.#functionIds.get(name);
    if (id === undefined) throw invalid(message.at('name'), 'answers no function call');
    return this.#resultOf(message, id);
  }

  #resultOf(message: Fields, id: string): ToolResultPart {
    const cache = readCache(message);
    const parts = readContent(new Fields({ content: message.any('content') }, message.path), this.#leftovers).map(resultPart);
    const custom = this.#customIds.has(id) && { custom: true };
    const filled = parts.filter((part) => part.kind !== 'text' || part.text.trim() !== '');
    return { kind: 'tool-result', id, parts: filled, at: message.path, ...custom, ...(cache && { cache }) };
  }
}

function readRefusal(message: Fields): RefusalPart[] {
  const text = message.text('refusal');
  return text ? [{ kind: 'refusal', text, at: message.at('refusal') }] : [];
}

function resultPart(part: Part): ToolResultPart['parts'][number] {
  if (part.kind === 'text' || part.kind === 'image' || part.kind === 'document') return part;
  throw invalid(part.at, 'must be text, an image or a file');
}

/** JSON text as it is, valid or not (edge case 5); some clients send the object itself. */
function inputText(said: Fields): string {
  const input = said.any('arguments');
  if (input === undefined) return '{}';
  if (isText(input)) return input.trim() === '' ? '{}' : input;
  return JSON.stringify(said.object('arguments'));
}
