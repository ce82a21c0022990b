/** The scripted answer as Anthropic sends it. */
import {
  type AnswerHead,
  type Block,
  FAILURE_PAUSE_MS,
  inputPieces,
  piecesOf,
  type ScriptedAnswer,
  type ScriptWriter,
  type StreamStep,
} from '../answer.js';
import { hideThought, signThought } from '../proof.js';

const STOPS = { end: 'end_turn', 'stop-sequence': 'stop_sequence', length: 'max_tokens', tools: 'tool_use', refusal: 'refusal' };
const OVERLOADED = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
const BROKEN = { type: 'error', error: { type: 'api_error', message: 'Internal server error' } };

export const messagesWriter: ScriptWriter = {
  whole: (answer, head) => ({
    ...shell(answer, head),
    content: answer.blocks.map((block, index) => wholeBlock(block, head, index)),
    stop_reason: STOPS[answer.stop],
    stop_sequence: answer.stopSequence ?? null,
    usage: usageOf(answer, answer.usage.output),
  }),
  stream: (answer, head) => {
    if (answer.failure === 'overloaded') return [event('error', OVERLOADED)];
    const message = { ...shell(answer, head), content: [], stop_reason: null, stop_sequence: null, usage: usageOf(answer, 1) };
    const blocks = answer.blocks.flatMap((block, index) => blockSteps(block, head, index));
    const start = [event('message_start', { type: 'message_start', message }), event('ping', { type: 'ping' })];
    if (answer.failure === 'mid-stream')
      return [...start, ...blocks.slice(0, 3), { pauseMs: FAILURE_PAUSE_MS }, event('error', BROKEN)];
    return [...start, ...blocks, delta(answer), event('message_stop', { type: 'message_stop' })];
  },
};

function shell(_answer: ScriptedAnswer, { id, model }: AnswerHead) {
  return { id: `msg_${id}`, type: 'message', role: 'assistant', model };
}

function delta(answer: ScriptedAnswer): StreamStep {
  const { stop, stopSequence, usage } = answer;
  return event('message_delta', {
    type: 'message_delta',
    delta: { stop_reason: STOPS[stop], stop_sequence: stopSequence ?? null },
    usage: { output_tokens: usage.output, ...details(usage.reasoning) },
  });
}

function wholeBlock(block: Block, head: AnswerHead, index: number): object {
  switch (block.kind) {
    case 'text':
    case 'refusal':
      return { type: 'text', text: block.text };
    case 'thinking':
      return { type: 'thinking', thinking: block.text, signature: signThought(block.text) };
    case 'redacted':
      return { type: 'redacted_thinking', data: hideThought(head.id) };
    case 'tool':
      return { type: 'tool_use', id: toolId(head, index), name: block.name, input: JSON.parse(block.input || '{}') };
  }
}

function blockSteps(block: Block, head: AnswerHead, index: number): StreamStep[] {
  const start = (content_block: object) => event('content_block_start', { type: 'content_block_start', index, content_block });
  const more = (change: object) => event('content_block_delta', { type: 'content_block_delta', index, delta: change });
  const stop = event('content_block_stop', { type: 'content_block_stop', index });
  switch (block.kind) {
    case 'text':
    case 'refusal':
      return [start({ type: 'text', text: '' }), ...piecesOf(block.text).map((text) => more({ type: 'text_delta', text })), stop];
    case 'thinking': {
      const thoughts = piecesOf(block.text).map((thinking) => more({ type: 'thinking_delta', thinking }));
      const signature = more({ type: 'signature_delta', signature: signThought(block.text) });
      return [start({ type: 'thinking', thinking: '', signature: '' }), ...thoughts, signature, stop];
    }
    case 'redacted':
      return [start(wholeBlock(block, head, index)), stop];
    case 'tool': {
      const pieces = inputPieces(block).map((partial_json) => more({ type: 'input_json_delta', partial_json }));
      return [start({ type: 'tool_use', id: toolId(head, index), name: block.name, input: {} }), ...pieces, stop];
    }
  }
}

/** Anthropic's `input_tokens` leaves out what was cached. */
function usageOf({ usage }: ScriptedAnswer, output: number) {
  const { input, cached, written, reasoning } = usage;
  return {
    input_tokens: input - cached - written,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: cached,
    cache_creation: { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: 0 },
    output_tokens: output,
    ...(output === 1 ? {} : details(reasoning)),
    service_tier: 'standard',
  };
}

function details(reasoning: number) {
  return { output_tokens_details: { thinking_tokens: reasoning } };
}

function toolId({ id }: AnswerHead, index: number): string {
  return `toolu_${id}_${index}`;
}

function event(name: string, data: object): { event: string } {
  return { event: `event: ${name}\ndata: ${JSON.stringify(data)}\n\n` };
}
