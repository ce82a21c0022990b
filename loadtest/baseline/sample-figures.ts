/** What each run gave → one list of figures with a value for each run. Pure. */
import type { Figure } from '../scenarios/findings.js';
import { keyOf } from './compare.js';
import type { SampledFigure } from './words.js';

/** A figure of one run. */
export interface RunFigure extends Figure {
  scenario?: string;
}

/** `runs`: in their order; undefined for one that must not be used. A figure that a run lacks is `null` there. */
export function sampleFigures(runs: readonly (readonly RunFigure[] | undefined)[]): SampledFigure[] {
  const sampled = new Map<string, SampledFigure>();
  for (const [index, figures] of runs.entries())
    for (const { scenario, name, label, unit, where, better, value } of figures ?? []) {
      const words = { ...(scenario !== undefined && { scenario }), name, label, unit, where, ...(better && { better }) };
      const figure: SampledFigure = { ...words, values: new Array<number | null>(runs.length).fill(null) };
      const kept = sampled.get(keyOf(figure)) ?? figure;
      kept.values[index] = Number.isFinite(value) ? value : null;
      sampled.set(keyOf(figure), kept);
    }
  return [...sampled.values()];
}
