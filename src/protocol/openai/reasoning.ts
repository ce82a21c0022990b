/** How hard to think, in chat's words: one `reasoning_effort`, out of an effort or a budget of tokens (edge case 22). */
import type { Reasoning } from '../middle/request.js';
import type { ModelTraits } from './model-traits.js';

const SCALE = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
/** Tokens; agents ask for 4,000, 10,000 and 32,000 when they say little, more and most. */
const LOW_BUDGET = 4096;
const MEDIUM_BUDGET = 16_384;

export interface WrittenEffort {
  /** Absent: the model's default does. */
  readonly effort?: string;
  /** It is what the client asked for, or the same in other words. */
  readonly exact: boolean;
}

export function writeEffort(reasoning: Reasoning, { efforts, restsByDefault }: ModelTraits): WrittenEffort {
  const wanted = wantedEffort(reasoning, restsByDefault);
  if (wanted === 'none') return efforts.includes('none') ? { effort: 'none', exact: true } : { exact: false };
  if (efforts.length === 0) return { exact: false };
  if (wanted === undefined) return { exact: true };
  const effort = nearest(wanted, efforts);
  return { effort, exact: effort === wanted };
}

function wantedEffort({ mode, effort, budget }: Reasoning, restsByDefault: boolean): string | undefined {
  if (mode === 'off' || effort === 'none') return 'none';
  if (effort !== undefined) return effort;
  if (budget !== undefined) return budget <= LOW_BUDGET ? 'low' : budget <= MEDIUM_BUDGET ? 'medium' : 'high';
  return restsByDefault ? 'medium' : undefined;
}

/** Of two that are equally near the weaker; a word that nobody knows is taken for the middle. */
function nearest(wanted: string, efforts: readonly string[]): string | undefined {
  const place = SCALE.includes(wanted) ? SCALE.indexOf(wanted) : SCALE.indexOf('medium');
  const distance = (effort: string) => Math.abs(SCALE.indexOf(effort) - place);
  return efforts.filter((effort) => effort !== 'none').toSorted((one, other) => distance(one) - distance(other))[0];
}
