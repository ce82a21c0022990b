/** The content blocks of an answer, as they stand in a whole body and as a stream's `content_block_start` tells them. */
import { textAt } from '../json-object.js';
import type { AnswerSink, BlockHead } from '../middle/answer.js';
import type { JsonObject } from '../middle/fields.js';
import { inputText } from './tool-input.js';

/** Undefined for what Anthropic's own tools did and for kinds that are not known: no client of another protocol has them. */
export function readHead(block: JsonObject): BlockHead | undefined {
  switch (block.type) {
    case 'text':
      return { kind: 'text' };
    case 'thinking':
      return { kind: 'thinking', maker: 'anthropic' };
    case 'redacted_thinking':
      return { kind: 'redacted-thinking', maker: 'anthropic', proof: textAt(block, 'data') };
    case 'tool_use':
      return { kind: 'tool-call', id: textAt(block, 'id'), name: textAt(block, 'name') };
    default:
      return undefined;
  }
}

/** What a block says from its start: everything in a whole answer, mostly nothing in a stream. */
export function readWords(block: JsonObject): string {
  if (block.type === 'tool_use') return inputText(block.input);
  return textAt(block, block.type === 'thinking' ? 'thinking' : 'text');
}

/** Why the model refused, as far as Anthropic says (`stop_details`): other protocols have a text for it (edge case 31). */
export function tellRefusal(details: JsonObject, sink: AnswerSink): void {
  const explanation = textAt(details, 'explanation');
  if (explanation.trim() === '') return;
  sink.open({ kind: 'refusal' });
  sink.text(explanation);
  sink.close();
}
