/** Which level is measured next, and when it is enough. Pure: rungs go in, levels come out. */
import { judgeRung } from './judge-rung.js';
import type { JudgedRung, Promises, Rung } from './words.js';

export interface ClimbPlan {
  lowest: number;
  /** Each rung is so many times the one below. */
  factor: number;
  highest: number;
  /** Rungs measured on the way down, at most. */
  checks: number;
  promises: Promises;
}

/**
 *   lowest ──×factor──▶ … ──fails──▶ √factor below it ──fails──▶ √factor below that … ──sustained──▶ over
 *                        └ highest sustained: over
 *
 * A rung that failed is not measured again: what is in doubt is whether those below hold, now that the target has been past its end.
 */
export class Climb {
  readonly rungs: JudgedRung[] = [];
  readonly #plan: ClimbPlan;
  #next: number | undefined;
  #isDescending = false;

  constructor(plan: ClimbPlan) {
    this.#plan = plan;
    this.#next = plan.lowest;
  }

  /** The level to measure now; undefined: it is enough. */
  get next(): number | undefined {
    return this.#next;
  }

  /** What the level gave. */
  take(rung: Rung): JudgedRung {
    const below = this.#isDescending ? undefined : this.rungs.at(-1);
    const judged = { ...rung, ...judgeRung(rung, below, this.#plan.promises), isCheck: this.#isDescending };
    this.rungs.push(judged);
    this.#next = this.#after(judged);
    return judged;
  }

  #after({ level, fault, isCheck }: JudgedRung): number | undefined {
    const { factor, highest, lowest, checks } = this.#plan;
    if (fault) {
      this.#isDescending = true;
      const done = this.rungs.filter((one) => one.isCheck).length;
      const lower = whole(level / Math.sqrt(factor));
      return done < checks && lower < level && lower >= lowest ? lower : undefined;
    }
    if (isCheck || level >= highest) return undefined;
    return Math.min(highest, Math.max(level + 1, whole(level * factor)));
  }
}

function whole(level: number): number {
  return Math.max(1, Math.round(level));
}
