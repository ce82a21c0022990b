/** The scripted answer as OpenAI's Responses. */
import { type AnswerHead, FAILURE_PAUSE_MS, type ScriptedAnswer, type ScriptWriter, type StreamStep } from '../answer.js';
import { type Item, itemsOf } from './items.js';
import { itemSteps, orderSteps, type Steps } from './steps.js';

const OVERLOADED = { code: 'server_is_overloaded', message: 'Our servers are currently overloaded. Please try again later.' };
const BROKEN = { code: 'server_error', message: 'The server had an error while processing your request.' };

export const responsesWriter: ScriptWriter = {
  whole: (answer, head, { encrypted }) => response(answer, head, 'final', itemsOf(answer, head, encrypted)),
  stream: (answer, head, { encrypted }) => {
    const items = itemsOf(answer, head, encrypted);
    const begun = { response: response(answer, head, 'in_progress', []) };
    const start: Steps = [
      ['response.created', begun],
      ['response.in_progress', begun],
    ];
    const steps = orderSteps(
      items.map((item, index) => itemSteps(item, index)),
      answer.interleaved,
    );
    const failed = (error: object): [string, object] => [
      'response.failed',
      { response: { ...response(answer, head, 'failed', []), error } },
    ];
    if (answer.failure === 'overloaded') return numbered([...start, failed(OVERLOADED)]);
    if (answer.failure === 'mid-stream')
      return withPause(numbered([...start, ...steps.slice(0, 4), failed(BROKEN)]), FAILURE_PAUSE_MS);
    const final = response(answer, head, 'final', items);
    const end = answer.stop === 'length' ? 'response.incomplete' : 'response.completed';
    return numbered([...start, ...steps, [end, { response: final }]]);
  },
};

function numbered(steps: Steps): StreamStep[] {
  return steps.map(([type, members], sequence_number) => ({
    event: `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number, ...members })}\n\n`,
  }));
}

function withPause(steps: StreamStep[], pauseMs: number): StreamStep[] {
  return [...steps.slice(0, -1), { pauseMs }, ...steps.slice(-1)];
}

function response(answer: ScriptedAnswer, head: AnswerHead, state: 'in_progress' | 'failed' | 'final', output: Item[]) {
  const cut = answer.stop === 'length';
  const status = state === 'final' ? (cut ? 'incomplete' : 'completed') : state;
  return {
    ...{ id: `resp_${head.id}`, object: 'response', created_at: head.created, status, background: false, error: null },
    incomplete_details: state === 'final' && cut ? { reason: 'max_output_tokens' } : null,
    ...{ instructions: null, max_output_tokens: null, model: head.model, output, parallel_tool_calls: true },
    ...{ previous_response_id: null, reasoning: { effort: null, summary: null }, service_tier: 'default', store: false },
    ...{ temperature: 1, text: { format: { type: 'text' } }, tool_choice: 'auto', tools: [], top_p: 1 },
    ...{ truncation: 'disabled', usage: state === 'final' ? usageOf(answer) : null, user: null, metadata: {} },
  };
}

function usageOf({ usage }: ScriptedAnswer) {
  const { input, cached, output, reasoning } = usage;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}
