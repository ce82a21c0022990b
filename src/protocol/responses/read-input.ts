/** `input`: a string, or a list of items, each a message, a call, a call's output or a thought (edge case 11). */
import { Fields, invalid, isText, unsupported } from '../middle/fields.js';
import { unseal } from '../middle/proof.js';
import type {
  Part,
  RedactedThinkingPart,
  TextPart,
  ThinkingPart,
  ToolCallPart,
  ToolResultPart,
  Turn,
} from '../middle/request.js';
import { TurnBuilder } from '../middle/turn-builder.js';
import { noteRest } from './note-rest.js';
import { readContent, readOutput, readTexts } from './read-content.js';

export interface ReadInput {
  /** Messages of the system and the developer, wherever they stood. */
  readonly system: readonly TextPart[];
  readonly turns: readonly Turn[];
  readonly lost: readonly string[];
}

/** @throws GatewayError 400 that names the item at fault. */
export function readInput(body: Fields): ReadInput {
  const input = body.required(body.any('input'), 'input');
  const reader = new InputReader();
  if (isText(input)) reader.turns.add('user', [{ kind: 'text', text: input, at: 'input' }]);
  else if (Array.isArray(input)) for (const [index, item] of input.entries()) reader.item(new Fields(item, `input[${index}]`));
  else throw invalid('input', 'must be a string or a list');
  const turns = reader.turns.build();
  return { system: reader.system, turns, lost: [...reader.lost, ...reader.turns.lost] };
}

class InputReader {
  readonly system: TextPart[] = [];
  readonly turns = new TurnBuilder();
  readonly lost: string[] = [];

  item(item: Fields): void {
    const type = item.text('type') ?? (item.has('role') ? 'message' : item.has('id') ? 'item_reference' : undefined);
    // Which answer an item was part of means nothing to the next one.
    item.any('id');
    item.any('status');
    this.#read(item, item.required(type, 'type'));
    noteRest(item, this.lost);
  }

  #read(item: Fields, type: string): void {
    switch (type) {
      case 'message':
        return this.#message(item);
      case 'reasoning':
        return this.turns.add('assistant', readReasoning(item));
      case 'function_call':
      case 'custom_tool_call':
        return this.turns.add('assistant', [readCall(item, type === 'custom_tool_call')]);
      case 'function_call_output':
      case 'custom_tool_call_output':
        return this.turns.add('user', [this.#output(item, type === 'custom_tool_call_output')]);
      case 'item_reference':
        throw unsupported(item.path, 'refers to a stored item, and nothing is stored here: send the item itself');
      default:
        throw unsupported(item.at('type'), `is '${type.slice(0, 64)}', which the model that serves this request cannot read`);
    }
  }

  #message(item: Fields): void {
    const said = item.oneOf('role', ['user', 'assistant', 'system', 'developer']);
    const role = item.required(said, 'role');
    if (role === 'system' || role === 'developer')
      this.system.push(...readTexts(item, 'content', this.lost).filter(({ text }) => text.trim() !== ''));
    else this.turns.add(role, this.#content(item, role));
  }

  #content(item: Fields, role: 'user' | 'assistant'): Part[] {
    const parts = readContent(item, 'content', this.lost);
    const misplaced = parts.find(({ kind }) => kind !== 'text' && (kind === 'refusal') !== (role === 'assistant'));
    if (misplaced) throw invalid(misplaced.at, `cannot stand in a message of the ${role}`);
    return parts;
  }

  #output(item: Fields, custom: boolean): ToolResultPart {
    const id = item.required(item.text('call_id'), 'call_id');
    return { kind: 'tool-result', id, ...(custom && { custom }), parts: readOutput(item, this.lost), at: item.path };
  }
}

/** Arguments that are no JSON stay as they are; none are `{}` (edge case 5). */
function readCall(item: Fields, custom: boolean): ToolCallPart {
  const name = custom ? 'input' : 'arguments';
  const input = item.required(item.text(name), name);
  return {
    kind: 'tool-call',
    id: item.required(item.text('call_id'), 'call_id'),
    name: item.required(item.text('name'), 'name'),
    input: custom || input.trim() !== '' ? input : '{}',
    ...(custom && { custom }),
    at: item.path,
  };
}

/** Encrypted content that is not sealed is OpenAI's own; a thought without any has no proof (edge case 42). */
function readReasoning(item: Fields): (ThinkingPart | RedactedThinkingPart)[] {
  const encrypted = item.text('encrypted_content') || undefined;
  const text = thought(item, 'summary') || thought(item, 'content');
  if (encrypted === undefined) return text === '' ? [] : [{ kind: 'thinking', text, maker: 'chat', at: item.path }];
  const own = { maker: 'openai', proof: encrypted, id: item.text('id'), redacted: false } as const;
  const { maker, proof, id, redacted } = unseal(encrypted) ?? own;
  const placed = { maker, ...(id !== undefined && { id }), at: item.path };
  if (redacted && proof !== undefined) return [{ kind: 'redacted-thinking', ...placed, proof }];
  if (text === '' && proof === undefined) return [];
  return [{ kind: 'thinking', text, ...placed, ...(proof !== undefined && { proof }) }];
}

function thought(item: Fields, name: 'summary' | 'content'): string {
  return item
    .inners(name)
    .map((part) => part.text('text') ?? '')
    .filter((text) => text !== '')
    .join('\n\n');
}
