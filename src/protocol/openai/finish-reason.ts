/** Chat's `finish_reason` and why an answer stopped (edge cases 24 to 27). */
import type { StopReason } from '../middle/answer.js';

const STOPS: Readonly<Record<string, StopReason>> = {
  stop: 'end',
  length: 'length',
  tool_calls: 'tool-use',
  function_call: 'tool-use',
  content_filter: 'refusal',
};

const REASONS: Readonly<Record<StopReason, string>> = {
  end: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  'tool-use': 'tool_calls',
  refusal: 'content_filter',
};

/** `made`: the blocks decide where an upstream says `stop` after tool calls, or `tool_calls` without any. */
export function stopOf(reason: string | undefined, made: { readonly toolCalls: boolean; readonly refusal: boolean }): StopReason {
  const stop = Object.hasOwn(STOPS, reason ?? '') ? STOPS[reason ?? ''] : 'end';
  if (stop === 'tool-use' || stop === 'end' || stop === undefined)
    return made.toolCalls ? 'tool-use' : made.refusal ? 'refusal' : 'end';
  return stop;
}

/** `content_filter` for a refusal in words too: the words themselves stand in `refusal`. */
export function reasonOf(stop: StopReason): string {
  return REASONS[stop];
}
