import type { Turn } from '../middle/request.js';

/**
 * Where the turns begin that Anthropic counts as one answer still being made: all since the user last said something
 * without a tool result in it. The length of the turns where there are none.
 */
export function openLoopStart(turns: readonly Turn[]): number {
  const isAsking = ({ role, parts }: Turn) => role === 'user' && !parts.some(({ kind }) => kind === 'tool-result');
  return turns.findLastIndex(isAsking) + 1;
}
