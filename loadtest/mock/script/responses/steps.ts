/** The events of one output item: `added`, its parts and pieces, `done`. */
import { inputPieces, interleave, piecesOf } from '../answer.js';
import type { CallItem, CustomCallItem, Item, MessageItem, ReasoningItem } from './items.js';

/** Types and members, without sequence numbers. */
export type Steps = [type: string, members: object][];

export function itemSteps(item: Item, output_index: number): Steps {
  const added = { ...item, ...emptied(item) };
  return [
    ['response.output_item.added', { output_index, item: added }],
    ...innerSteps(item, output_index),
    ['response.output_item.done', { output_index, item }],
  ];
}

/** One item after another; calls in turn, a piece each, where asked. */
export function orderSteps(items: Steps[], interleaved: boolean): Steps {
  return interleaved ? interleave(items) : items.flat();
}

function emptied(item: Item): object {
  if (item.type === 'message') return { status: 'in_progress', content: [] };
  if (item.type === 'function_call') return { status: 'in_progress', arguments: '' };
  if (item.type === 'custom_tool_call') return { status: 'in_progress', input: '' };
  return { summary: [], ...(item.encrypted_content === undefined ? {} : { encrypted_content: '' }) };
}

function innerSteps(item: Item, output_index: number): Steps {
  if (item.type === 'message') return messageSteps(item, output_index);
  if (item.type === 'custom_tool_call') return customSteps(item, output_index);
  return item.type === 'reasoning' ? reasoningSteps(item, output_index) : callSteps(item, output_index);
}

function messageSteps({ id, content }: MessageItem, output_index: number): Steps {
  const [part] = content;
  const place = { item_id: id, output_index, content_index: 0 };
  const refused = part.type === 'refusal';
  const text = refused ? part.refusal : part.text;
  const name = refused ? 'response.refusal' : 'response.output_text';
  const logprobs = refused ? {} : { logprobs: [] };
  return [
    ['response.content_part.added', { ...place, part: refused ? { ...part, refusal: '' } : { ...part, text: '' } }],
    ...piecesOf(text).map((delta): Steps[number] => [`${name}.delta`, { ...place, delta, ...logprobs }]),
    [`${name}.done`, { ...place, ...(refused ? { refusal: text } : { text, ...logprobs }) }],
    ['response.content_part.done', { ...place, part }],
  ];
}

function reasoningSteps({ id, summary }: ReasoningItem, output_index: number): Steps {
  return summary.flatMap((part, summary_index): Steps => {
    const place = { item_id: id, output_index, summary_index };
    return [
      ['response.reasoning_summary_part.added', { ...place, part: { ...part, text: '' } }],
      ...piecesOf(part.text).map((delta): Steps[number] => ['response.reasoning_summary_text.delta', { ...place, delta }]),
      ['response.reasoning_summary_text.done', { ...place, text: part.text }],
      ['response.reasoning_summary_part.done', { ...place, part }],
    ];
  });
}

function customSteps({ id, input }: CustomCallItem, output_index: number): Steps {
  const place = { item_id: id, output_index };
  return [
    ['response.custom_tool_call_input.delta', { ...place, delta: input }],
    ['response.custom_tool_call_input.done', { ...place, input }],
  ];
}

function callSteps({ id, name, arguments: input, whole = false }: CallItem, output_index: number): Steps {
  const place = { item_id: id, output_index };
  return [
    ...inputPieces({ input, whole }).map((delta): Steps[number] => [
      'response.function_call_arguments.delta',
      { ...place, delta },
    ]),
    ['response.function_call_arguments.done', { ...place, name, arguments: input }],
  ];
}
