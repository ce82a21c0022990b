/** The scripted answer as OpenAI's chat completions, with `reasoning_content` as the compatible providers send it. */
import {
  type AnswerHead,
  type Block,
  FAILURE_PAUSE_MS,
  inputPieces,
  interleave,
  piecesOf,
  type ScriptedAnswer,
  type ScriptWriter,
  type StreamStep,
} from '../answer.js';

const STOPS = { end: 'stop', 'stop-sequence': 'stop', length: 'length', tools: 'tool_calls', refusal: 'stop' };
const OVERLOADED = { error: { message: 'The engine is currently overloaded.', type: 'server_error', param: null, code: null } };
const DONE = { event: 'data: [DONE]\n\n' };

type ToolBlock = Extract<Block, { kind: 'tool' }>;

export const chatWriter: ScriptWriter = {
  whole: (answer, head) => ({
    ...shell(head, 'chat.completion'),
    choices: [{ index: 0, message: message(answer, head), logprobs: null, finish_reason: STOPS[answer.stop] }],
    usage: usageOf(answer),
  }),
  stream: (answer, head, { includeUsage }) => {
    if (answer.failure === 'overloaded') return [event(OVERLOADED)];
    const chunk = (delta: object, finish_reason: string | null = null) => ({
      ...event({
        ...shell(head, 'chat.completion.chunk'),
        choices: [{ index: 0, delta, logprobs: null, finish_reason }],
        ...(includeUsage ? { usage: null } : {}),
      }),
    });
    const words = [{ role: 'assistant', content: '', refusal: null }, ...deltas(answer, head)].map((delta) => chunk(delta));
    if (answer.failure === 'mid-stream') return [...words.slice(0, 3), { pauseMs: FAILURE_PAUSE_MS }, event(OVERLOADED)];
    const usage = { ...shell(head, 'chat.completion.chunk'), choices: [], usage: usageOf(answer) };
    return [...words, chunk({}, STOPS[answer.stop]), ...(includeUsage ? [event(usage)] : []), DONE];
  },
};

function shell({ id, created, model }: AnswerHead, object: string) {
  return { id: `chatcmpl-${id}`, object, created, model, service_tier: 'default', system_fingerprint: 'fp_mock' };
}

function message(answer: ScriptedAnswer, head: AnswerHead) {
  const textOf = (kind: 'text' | 'refusal' | 'thinking') =>
    answer.blocks.map((block) => (block.kind === kind ? block.text : '')).join('') || null;
  const calls = toolsOf(answer).map(({ name, input, custom }, index) => ({
    id: toolId(head, index),
    ...(custom ? { type: 'custom', custom: { name, input } } : { type: 'function', function: { name, arguments: input } }),
  }));
  const thought = textOf('thinking');
  return {
    ...{ role: 'assistant', content: textOf('text'), refusal: textOf('refusal'), annotations: [] },
    ...(thought === null ? {} : { reasoning_content: thought }),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
}

function deltas(answer: ScriptedAnswer, head: AnswerHead): object[] {
  const words = answer.blocks.flatMap((block): object[] => {
    if (block.kind === 'text') return piecesOf(block.text).map((content) => ({ content }));
    if (block.kind === 'refusal') return piecesOf(block.text).map((refusal) => ({ refusal }));
    return block.kind === 'thinking' ? piecesOf(block.text).map((reasoning_content) => ({ reasoning_content })) : [];
  });
  const calls = toolsOf(answer).map((block, index) => callDeltas(block, head, index));
  return [...words, ...(answer.interleaved ? interleave(calls) : calls.flat())];
}

function callDeltas(block: ToolBlock, head: AnswerHead, index: number): object[] {
  const { name, input, whole } = block;
  if (block.custom) return customDeltas(block, head, index);
  const first = whole ? input : '';
  const begun = { index, id: toolId(head, index), type: 'function', function: { name, arguments: first } };
  const rest = whole ? [] : inputPieces({ input, whole }).map((piece) => ({ index, function: { arguments: piece } }));
  return [begun, ...rest].map((call) => ({ tool_calls: [call] }));
}

function customDeltas({ name, input }: ToolBlock, head: AnswerHead, index: number): object[] {
  const begun = { index, id: toolId(head, index), type: 'custom', custom: { name, input: '' } };
  return [{ tool_calls: [begun] }, { tool_calls: [{ index, custom: { input } }] }];
}

function toolsOf({ blocks }: ScriptedAnswer): ToolBlock[] {
  return blocks.filter((block) => block.kind === 'tool');
}

function usageOf({ usage }: ScriptedAnswer) {
  const { input, cached, output, reasoning } = usage;
  return {
    ...{ prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: {
      ...{ reasoning_tokens: reasoning, audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
    },
  };
}

function toolId({ id }: AnswerHead, index: number): string {
  return `call_${id}_${index}`;
}

function event(data: object): StreamStep & { event: string } {
  return { event: `data: ${JSON.stringify(data)}\n\n` };
}
