/** From what a feature threw, or did not, to the outcome of its cell. Pure. */
import { AskFailed } from './clients/client.js';
import { NotApplicable } from './expect.js';
import type { Exception } from './feature.js';
import type { Outcome } from './words.js';

export interface Verdict {
  outcome: Outcome;
  note: string;
}

const LONGEST_NOTE = 240;

/** `thrown`: undefined when the feature was content. */
export function judge(thrown: unknown, exception: Exception | undefined): Verdict {
  if (thrown instanceof NotApplicable) return { outcome: 'n/a', note: thrown.message };
  if (exception?.outcome === 'refused') return judgeRefusal(thrown, exception);
  if (thrown === undefined) return { outcome: 'pass', note: '' };
  return { outcome: 'fail', note: oneLine(thrown) };
}

function judgeRefusal(thrown: unknown, { names = /./, why }: Exception): Verdict {
  if (!(thrown instanceof AskFailed))
    return { outcome: 'fail', note: `should be refused (${why}): ${thrown === undefined ? 'was answered' : oneLine(thrown)}` };
  const { status, message } = thrown.refusal;
  if (status === 400 && names.test(message)) return { outcome: 'refused', note: why };
  return { outcome: 'fail', note: `should be refused by a 400 that names ${names.source}: ${oneLine(thrown)}` };
}

/** The worst counts: a feature passes when it does in every mode. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  const order: Outcome[] = ['fail', 'refused', 'pass', 'n/a'];
  for (const outcome of order) {
    const found = verdicts.find((verdict) => verdict.outcome === outcome);
    if (found) return found;
  }
  return { outcome: 'n/a', note: '' };
}

function oneLine(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replace(/\s+/g, ' ').slice(0, LONGEST_NOTE);
}
