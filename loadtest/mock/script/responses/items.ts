/** The output items of a Responses answer, whole. */
import type { AnswerHead, Block, ScriptedAnswer } from '../answer.js';
import { encryptThought, hideThought } from '../proof.js';

export type Item = MessageItem | ReasoningItem | CallItem | CustomCallItem;

export interface MessageItem {
  id: string;
  type: 'message';
  status: string;
  role: 'assistant';
  content: [TextPart | RefusalPart];
}

export type TextPart = { type: 'output_text'; text: string; annotations: never[]; logprobs: never[] };
export type RefusalPart = { type: 'refusal'; refusal: string };

export interface ReasoningItem {
  id: string;
  type: 'reasoning';
  summary: { type: 'summary_text'; text: string }[];
  encrypted_content?: string;
}

export interface CallItem {
  id: string;
  type: 'function_call';
  status: string;
  call_id: string;
  name: string;
  arguments: string;
  /** The pieces of the arguments: whole or not. Never sent. */
  readonly whole?: boolean;
}

export interface CustomCallItem {
  id: string;
  type: 'custom_tool_call';
  status: string;
  call_id: string;
  name: string;
  /** Free text. */
  input: string;
}

/** `encrypted`: the request asked for `reasoning.encrypted_content`. */
export function itemsOf({ blocks, stop }: ScriptedAnswer, head: AnswerHead, encrypted: boolean): Item[] {
  const status = stop === 'length' ? 'incomplete' : 'completed';
  return blocks.map((block, index) => itemOf(block, `${head.id}_${index}`, { head, status, encrypted }));
}

function itemOf(
  block: Block,
  id: string,
  { head, status, encrypted }: { head: AnswerHead; status: string; encrypted: boolean },
): Item {
  switch (block.kind) {
    case 'text':
      return messageItem(id, status, { type: 'output_text', text: block.text, annotations: [], logprobs: [] });
    case 'refusal':
      return messageItem(id, status, { type: 'refusal', refusal: block.text });
    case 'thinking': {
      const proof = encrypted ? { encrypted_content: encryptThought(block.text) } : {};
      return { id: `rs_${id}`, type: 'reasoning', summary: [{ type: 'summary_text', text: block.text }], ...proof };
    }
    case 'redacted':
      return {
        id: `rs_${id}`,
        type: 'reasoning',
        summary: [],
        ...(encrypted ? { encrypted_content: hideThought(head.id) } : {}),
      };
    case 'tool': {
      if (block.custom)
        return { id: `ctc_${id}`, type: 'custom_tool_call', status, call_id: `call_${id}`, name: block.name, input: block.input };
      const item = { id: `fc_${id}`, type: 'function_call' as const, status, call_id: `call_${id}`, name: block.name };
      const call: CallItem = { ...item, arguments: block.input || '{}' };
      return Object.defineProperty(call, 'whole', { value: block.whole, enumerable: false });
    }
  }
}

function messageItem(id: string, status: string, part: TextPart | RefusalPart): MessageItem {
  return { id: `msg_${id}`, type: 'message', status, role: 'assistant', content: [part] };
}
