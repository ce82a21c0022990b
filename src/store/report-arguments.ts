/** What the report script is told of an outcome. */
import { BACKOFFS, reasonOf, toldLength } from '../credential/rest-length.js';
import { isCounted } from '../credential/rests.js';
import type { CredentialKey, Outcome } from '../credential/types.js';

/** In the order of the script's arguments, after the prefix. */
export function reportArguments(key: CredentialKey, outcome: Outcome): (string | number)[] {
  const trial = outcome.trial ? 1 : 0;
  if (outcome.kind === 'ok' || outcome.kind === 'unknown') return [key, outcome.model, outcome.kind, -1, 0, 0, trial, 0];
  const reason = reasonOf(outcome.kind);
  const told = Math.ceil(toldLength(reason, outcome.retryAfter) ?? -1);
  const { first, longest } = BACKOFFS[reason];
  const counted = isCounted(outcome) ? Math.max(1, outcome.attempts ?? 1) : 0;
  return [key, reason === 'refused' ? '*' : outcome.model, reason, told, first, longest, trial, counted];
}
