/** Parts as content blocks. */
import { unsupported } from '../middle/fields.js';
import type { Part, RedactedThinkingPart, ThinkingPart, ToolCallPart, ToolResultPart } from '../middle/request.js';
import { inputObject } from './tool-input.js';
import { writeDocument, writeImage } from './write-files.js';
import type { WritingState } from './writing-state.js';

type Block = Record<string, unknown>;

/** Undefined: there is nothing of it that Anthropic takes; its loss is told. */
export function writePart(state: WritingState, part: Part): Block | undefined {
  switch (part.kind) {
    case 'text':
      return state.marks.put({ type: 'text', text: part.text }, part);
    case 'refusal':
      return { type: 'text', text: part.text };
    case 'image':
      return writeImage(state, part);
    case 'document':
      return writeDocument(state, part);
    case 'audio':
      throw unsupported(part.at, 'is audio, which the model that serves this request does not take');
    case 'thinking':
    case 'redacted-thinking':
      return writeThought(state, part);
    case 'tool-call':
      return writeToolCall(state, part);
    case 'tool-result':
      return writeToolResult(state, part);
  }
}

/** Anthropic's own, signed, as it came: changed or unsigned thinking is refused (edge case 42). */
export function isProven(part: Part | undefined): part is (ThinkingPart & { proof: string }) | RedactedThinkingPart {
  if (part?.kind !== 'thinking' && part?.kind !== 'redacted-thinking') return false;
  return part.maker === 'anthropic' && part.proof !== undefined;
}

function writeThought({ losses, facts }: WritingState, part: ThinkingPart | RedactedThinkingPart): Block | undefined {
  if (!isProven(part) || facts.thinking === 'none') losses.drop(part.at);
  else if (part.kind === 'thinking') return { type: 'thinking', thinking: part.text, signature: part.proof };
  else return { type: 'redacted_thinking', data: part.proof };
  return undefined;
}

function writeToolCall({ marks, names, ids }: WritingState, part: ToolCallPart): Block {
  const input = part.custom ? { input: part.input } : inputObject(part.input);
  return marks.put({ type: 'tool_use', id: ids.call(part.id), name: names.fit(part.name), input }, part);
}

function writeToolResult(state: WritingState, part: ToolResultPart): Block {
  const content = part.parts.map((inner) => writePart(state, inner)).filter((block) => block !== undefined);
  const result = {
    type: 'tool_result',
    tool_use_id: state.ids.result(part.id),
    ...(content.length > 0 && { content }),
    ...(part.isError && { is_error: true }),
  };
  return state.marks.put(result, part);
}
