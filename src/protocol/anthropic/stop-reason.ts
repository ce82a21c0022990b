/** `stop_reason` and what it means (edge cases 24–27). */
import type { StopReason } from '../middle/answer.js';

const MEANINGS: Readonly<Record<string, StopReason>> = {
  end_turn: 'end',
  // A server tool took long: the client may go on by sending the answer back, which nobody else knows.
  pause_turn: 'end',
  stop_sequence: 'stop-sequence',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-use',
  refusal: 'refusal',
};

/** One that is not known yet is a plain end. */
export function readStopReason(reason: string): StopReason {
  return Object.hasOwn(MEANINGS, reason) ? (MEANINGS[reason] ?? 'end') : 'end';
}

export interface AnswerShape {
  readonly toolCalls: boolean;
  readonly refused: boolean;
}

/**
 * The blocks decide over what an upstream says of them: some say `stop` though tools were called, and a client that is
 * told `tool_use` looks for a call.
 */
export function writeStopReason(stop: StopReason, { toolCalls, refused }: AnswerShape): string {
  if (stop === 'length') return 'max_tokens';
  if (stop === 'refusal' || (refused && stop === 'end')) return 'refusal';
  if (toolCalls) return 'tool_use';
  return stop === 'stop-sequence' ? 'stop_sequence' : 'end_turn';
}
