/**
 * Thought in chat: `reasoning_content` for its words and, where its maker proved it, LiteLLM's `thinking_blocks`. A
 * signature stands raw where it is Anthropic's, and sealed with its maker's name where it is another's.
 */
import type { BlockHead } from '../middle/answer.js';
import { type Fields, isText } from '../middle/fields.js';
import { seal, unseal } from '../middle/proof.js';
import type { RedactedThinkingPart, ThinkingPart } from '../middle/request.js';

export type ThoughtHead = Extract<BlockHead, { kind: 'thinking' | 'redacted-thinking' }>;

/** The thought of a client's assistant message; the blocks say all that `reasoning_content` beside them says. */
export function readThought(message: Fields): (ThinkingPart | RedactedThinkingPart)[] {
  const blocks = message.inners('thinking_blocks');
  const texts = ['reasoning_content', 'reasoning'].filter((name) => isText(message.any(name)));
  if (blocks.length > 0) return blocks.map(readBlock);
  const name = texts[0];
  const text = name && message.text(name);
  return name && text && text.trim() !== '' ? [{ kind: 'thinking', text, maker: 'chat', at: message.at(name) }] : [];
}

function readBlock(block: Fields): ThinkingPart | RedactedThinkingPart {
  const at = block.path;
  if (block.oneOf('type', ['thinking', 'redacted_thinking']) === 'redacted_thinking') {
    const data = block.required(block.text('data'), 'data');
    return { kind: 'redacted-thinking', ...opened(data), at };
  }
  const text = block.text('thinking') ?? '';
  const signature = block.text('signature');
  return signature ? { kind: 'thinking', text, ...unsealed(signature), at } : { kind: 'thinking', text, maker: 'chat', at };
}

function unsealed(signature: string): Pick<ThinkingPart, 'maker' | 'proof' | 'id'> {
  const { maker, proof, id } = unseal(signature) ?? { maker: 'anthropic' as const, proof: signature };
  return { maker, ...(proof !== undefined && { proof }), ...(id !== undefined && { id }) };
}

function opened(data: string): Pick<RedactedThinkingPart, 'maker' | 'proof' | 'id'> {
  const { maker, proof = '', id } = unsealed(data);
  return { maker, proof, ...(id !== undefined && { id }) };
}

/** A block of thought on its way to a client; undefined where nobody proved it. */
export function writeBlock(head: ThoughtHead, text: string, signature: string | undefined): object | undefined {
  if (head.kind === 'redacted-thinking') return { type: 'redacted_thinking', data: sealed(head, head.proof, true) };
  return signature === undefined ? undefined : { type: 'thinking', thinking: text, signature: sealed(head, signature) };
}

function sealed({ maker, id }: ThoughtHead, proof: string, redacted?: true): string {
  return maker === 'anthropic' ? proof : seal({ maker, proof, id, redacted });
}
