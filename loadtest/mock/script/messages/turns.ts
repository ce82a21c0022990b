/** The order of turns that Anthropic's Messages keep: roles in turn, results right behind their calls, thoughts unforged. */
import { isOurs, isSigned } from '../proof.js';
import type { Seen, SeenResult } from '../seen.js';
import type { Shape } from '../shape.js';
import { countCacheMark, readDocument, readImage, readText, readTextBlocks } from './blocks.js';

const ID = /^[a-zA-Z0-9_-]+$/;
const NAME = /^[a-zA-Z0-9_-]{1,128}$/;

interface Call {
  name: string;
  input: string;
}

export interface LastTurn {
  lastText: string;
  results: SeenResult[];
}

/** @throws RequestFault for the first turn that breaks a rule. */
export function readTurns(top: Shape, seen: Seen, thinking: boolean): LastTurn {
  const messages = top.inners('messages') ?? top.fail('messages', 'Field required');
  if (messages.length === 0) top.fail('messages', 'at least one message is required');
  const reader = new TurnReader(seen);
  for (const [index, message] of messages.entries()) reader.read(message, index);
  const last = messages.at(-1) as Shape;
  reader.finish(last, thinking);
  return reader.last;
}

class TurnReader {
  readonly last: LastTurn = { lastText: '', results: [] };
  private readonly seen: Seen;
  private readonly ids = new Set<string>();
  /** Calls of the turn before, that this one must answer. */
  private readonly open = new Map<string, Call>();
  /** Whether the last assistant turn began with a thought. */
  private thoughtFirst = false;

  constructor(seen: Seen) {
    this.seen = seen;
  }

  read(message: Shape, index: number): void {
    message.only(['role', 'content']);
    const role = message.oneOf('role', ['user', 'assistant']) ?? message.fail('role', 'Field required');
    const expected = index % 2 === 0 ? 'user' : 'assistant';
    if (role !== expected)
      message.fail(
        'role',
        index === 0 ? 'first message must use the "user" role' : 'roles must alternate between "user" and "assistant"',
      );
    const plain = typeof message.value['content'] === 'string' ? message.mustText('content') : undefined;
    const blocks = plain === undefined ? (message.inners('content') ?? message.fail('content', 'Field required')) : [];
    if (plain === '' || (plain === undefined && blocks.length === 0)) message.fail('content', 'must be non-empty');
    if (role === 'user') this.readUser(message, blocks, plain);
    else this.readAssistant(blocks, plain);
  }

  /** What must hold of the whole conversation. */
  finish(last: Shape, thinking: boolean): void {
    if (this.open.size > 0)
      last.fail(
        'content',
        `tool_use ids were found without tool_result blocks immediately after: ${[...this.open.keys()].join(', ')}`,
      );
    const prefilled = last.value['role'] === 'assistant';
    if (prefilled && thinking) last.fail('role', 'an assistant prefill is not allowed while thinking is enabled');
    if (thinking && this.last.results.length > 0 && !this.thoughtFirst)
      last.fail(
        'content',
        'Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a thinking block.',
      );
  }

  private readUser(message: Shape, blocks: readonly Shape[], plain: string | undefined): void {
    const texts = plain === undefined ? [] : [plain];
    const results: SeenResult[] = [];
    for (const block of blocks) {
      const type = block.oneOf('type', ['text', 'image', 'document', 'tool_result']);
      if (type === 'tool_result') {
        if (texts.length > 0) block.fail('', 'tool_result blocks must come first in the turn');
        results.push(this.readResult(block));
      } else if (type === 'text') texts.push(readText(block, this.seen));
      else if (type === 'image') readImage(block, this.seen);
      else readDocument(block, this.seen);
    }
    if (this.open.size > 0)
      message.fail(
        'content',
        `tool_use ids were found without tool_result blocks immediately after: ${[...this.open.keys()].join(', ')}`,
      );
    this.seen.userTexts.push(...texts);
    Object.assign(this.last, { lastText: texts.join('\n'), results });
  }

  private readResult(block: Shape): SeenResult {
    block.only(['type', 'tool_use_id', 'content', 'is_error', 'cache_control']);
    const id = block.matching('tool_use_id', ID);
    const call = this.open.get(id) ?? block.fail('tool_use_id', `unexpected tool_use_id found in tool_result blocks: ${id}`);
    this.open.delete(id);
    countCacheMark(block, this.seen);
    const images = this.seen.images.length;
    const text = this.readResultContent(block);
    const isError = block.flag('is_error') ?? false;
    return { name: call.name, input: call.input, text, images: this.seen.images.length - images, isError };
  }

  private readResultContent(block: Shape): string {
    if (typeof block.value['content'] === 'string') return block.mustText('content');
    const texts: string[] = [];
    for (const part of block.inners('content') ?? []) {
      const type = part.oneOf('type', ['text', 'image', 'document']);
      if (type === 'image') readImage(part, this.seen);
      else if (type === 'document') readDocument(part, this.seen);
      else texts.push(...readTextBlocks([part], this.seen));
    }
    return texts.join('\n');
  }

  private readAssistant(blocks: readonly Shape[], plain: string | undefined): void {
    if (plain !== undefined) this.seen.assistantTexts.push(plain);
    const [first] = blocks;
    this.thoughtFirst = first?.value['type'] === 'thinking' || first?.value['type'] === 'redacted_thinking';
    for (const block of blocks) this.readAssistantBlock(block);
  }

  private readAssistantBlock(block: Shape): void {
    switch (block.oneOf('type', ['text', 'thinking', 'redacted_thinking', 'tool_use'])) {
      case 'text':
        this.seen.assistantTexts.push(readText(block, this.seen));
        return;
      case 'thinking':
        block.only(['type', 'thinking', 'signature']);
        if (!isSigned(block.mustText('thinking'), block.mustText('signature')))
          block.fail('signature', 'Invalid `signature` in `thinking` block');
        this.seen.thoughts += 1;
        return;
      case 'redacted_thinking':
        block.only(['type', 'data']);
        if (!isOurs(block.mustText('data'), 'hidden')) block.fail('data', 'Invalid `data` in `redacted_thinking` block');
        this.seen.thoughts += 1;
        return;
      default:
        this.readCall(block);
    }
  }

  private readCall(block: Shape): void {
    block.only(['type', 'id', 'name', 'input', 'cache_control', 'caller']);
    const id = block.matching('id', ID);
    if (this.ids.has(id)) block.fail('id', '`tool_use` ids must be unique');
    this.ids.add(id);
    const name = block.matching('name', NAME);
    const input = JSON.stringify(block.mustInner('input').value);
    countCacheMark(block, this.seen);
    this.open.set(id, { name, input });
    this.seen.calls.push(`${name}(${input})`);
  }
}
