/** Why a response ended, out of its status and of what it brought (edge cases 24 and 26). */
import type { StopReason } from '../middle/answer.js';
import { isJsonObject, type JsonObject } from '../middle/fields.js';

export function stopOf(response: JsonObject, seen: { readonly called: boolean; readonly refused: boolean }): StopReason {
  const reason = isJsonObject(response.incomplete_details) ? response.incomplete_details.reason : undefined;
  if (reason === 'content_filter') return 'refusal';
  if (reason === 'max_output_tokens' || response.status === 'incomplete') return 'length';
  if (seen.called) return 'tool-use';
  return seen.refused ? 'refusal' : 'end';
}
